import { chmodSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { StartFailure } from "./start-failure.ts";

/** Holds a data folder for one process; the kernel lets go of it whatever way the process ends. */
export function lockDataFolder(path: string): { release(): void } {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    chmodSync(path, 0o600);
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;");
  } catch (cause) {
    database.close();
    throw new StartFailure(
      "already_running",
      "Another Holdfast runs on this data folder.",
      "Stop it first, or give this one a data folder of its own with HOLDFAST_DATA_DIR.",
      cause,
    );
  }
  return {
    release() {
      database.close();
    },
  };
}
