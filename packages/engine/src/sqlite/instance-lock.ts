import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { openFault } from "./connection.ts";
import { StorageFault } from "../committer/storage-fault.ts";

const SQLITE_BUSY = 5;

/**
 * Holds `<path>.lock` for this process. It is an empty SQLite file under an exclusive lock: the kernel drops such a lock
 * with the process, however it ends, so there is nothing stale to clean up.
 */
export function lockInstance(path: string): () => void {
  const lock = openLock(`${path}.lock`);
  try {
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (cause) {
    lock.close();
    const isBusy = cause instanceof Error && "errcode" in cause && cause.errcode === SQLITE_BUSY;
    throw isBusy
      ? new StorageFault("database_in_use", `Another instance already runs on ${path}.`, cause)
      : openFault(cause);
  }
  return () => lock.close();
}

function openLock(path: string): DatabaseSync {
  try {
    closeSync(openSync(path, "a+", 0o600));
    return new DatabaseSync(path, { timeout: 0, defensive: true });
  } catch (cause) {
    throw openFault(cause);
  }
}
