import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findTool } from "./run-tool.ts";

/** What is missing for a real Secret Service; empty when nothing is. Debian: dbus-daemon, gnome-keyring, libsecret-tools. */
export function missingForKeyring(): readonly string[] {
  const tools = ["dbus-daemon", "gnome-keyring-daemon", "secret-tool"].filter((tool) => findTool(tool) === undefined);
  return hasName() ? tools : [...tools, "a user that has a name"];
}

/** A bus turns away whom it cannot look up. */
function hasName(): boolean {
  try {
    return userInfo().username !== "";
  } catch {
    return false;
  }
}

/** A bus that starts nothing by itself: else it would bring up a second, locked keyring. */
const busConfiguration = (
  folder: string,
): string => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=${folder}</listen>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>
`;

/** A D-Bus session of its own with an unlocked GNOME Keyring in it. */
export interface Keyring {
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts both in a folder; `withKeyring: false` leaves the bus empty. */
export async function startKeyring(folder: string, { withKeyring = true } = {}): Promise<Keyring> {
  for (const name of ["home", "run", "bus"]) mkdirSync(join(folder, name), { mode: 0o700 });
  writeFileSync(join(folder, "bus.conf"), busConfiguration(join(folder, "bus")));
  const bus = spawn(findTool("dbus-daemon")!, [`--config-file=${folder}/bus.conf`, "--nofork", "--print-address"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [address] = (await once(createInterface({ input: bus.stdout }), "line")) as [string];
  const environment = {
    HOME: join(folder, "home"),
    XDG_RUNTIME_DIR: join(folder, "run"),
    DBUS_SESSION_BUS_ADDRESS: address,
  };
  const processes: ChildProcess[] = [bus];
  if (withKeyring) processes.push(unlockedKeyring(environment));
  return {
    environment,
    async stop() {
      for (const child of processes.reverse()) await ended(child);
    },
  };
}

/** It says nothing when it is ready: whoever asks too early is told that nobody provides the service. */
function unlockedKeyring(environment: Readonly<Record<string, string>>): ChildProcess {
  const args = ["--foreground", "--unlock", "--components=secrets"];
  const daemon = spawn(findTool("gnome-keyring-daemon")!, args, {
    env: environment,
    stdio: ["pipe", "ignore", "ignore"],
  });
  daemon.stdin.end("password of a keyring that is gone after the test");
  return daemon;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}
