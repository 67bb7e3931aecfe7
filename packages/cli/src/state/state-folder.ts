import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where this user's command remembers what it has seen: $XDG_STATE_HOME/holdfast, made for this user alone. */
export function stateFolder({ XDG_STATE_HOME: base, HOME: home }: Readonly<NodeJS.ProcessEnv>): string {
  const state = base?.startsWith("/") ? base : join(home || homedir(), ".local", "state");
  const folder = join(state, "holdfast");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}
