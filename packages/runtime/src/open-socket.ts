import { chmodSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { type ListenHints, listenOn } from "./listen-on.ts";
import { StartFailure } from "./start-failure.ts";

/**
 * Listens on a Unix socket that only its owner can reach. This process holds the data folder's lock, so a socket that is
 * still there is left over from one that died.
 */
export async function openSocket(
  path: string,
  start: () => Promise<unknown>,
  setting: string,
  hints: ListenHints,
): Promise<void> {
  if (await answers(path)) {
    const hint = `Stop it, or name another data folder with ${setting}.`;
    throw new StartFailure("already_running", `Another process answers at ${path}.`, hint);
  }
  rmSync(path, { force: true });
  await listenOn(start, path, hints);
  chmodSync(path, 0o600);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createConnection({ path });
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
}
