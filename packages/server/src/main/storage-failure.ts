import { Refusal, StorageFault } from "@holdfast/engine";
import { SettingsFault } from "@holdfast/postgres";
import {
  codeOf,
  connectionHint,
  IN_THE_WAY,
  LOCK_NOT_AVAILABLE,
  MIGRATE,
  PERMISSION_DENIED,
} from "./connection-hint.ts";
import { StartFailure, type StartFailureCode } from "@holdfast/runtime";
import * as spine from "@holdfast/spine";

/** What an operator of a server can do about a database in its data folder. */
export const sqliteFailures: spine.StorageFailures = {
  ...spine.storageFailures,
  database_in_use: ["already_running", "Stop the other one first, or name another folder with HOLDFAST_DATA_DIR."],
  database_rolled_back: [
    "database_rolled_back",
    "Put the newest database back, or set HOLDFAST_STORAGE_URL if it is not in this folder; if this one is meant to stand, move the checkpoint files away.",
  ],
};

/** What differs where the database is a server of its own. */
const SHARED_FAULTS: spine.StorageFailures = {
  ...sqliteFailures,
  database_unreadable: ["configuration", MIGRATE],
  database_in_use: ["already_running", IN_THE_WAY],
  database_rolled_back: [
    "database_rolled_back",
    "Look whether HOLDFAST_STORAGE_URL names the right database; if this one is meant to stand, move the checkpoint files away.",
  ],
  database_damaged: ["database_damaged", "Restore a backup of the database."],
  write_failed: ["storage_unreachable", "Look at the database's log and at its disk."],
};

/** Why a database in a server's data folder cannot be opened; what is no fault of the storage passes as it is. */
export const sqliteFailure = (cause: unknown, database: string): unknown =>
  spine.sqliteFailure(cause, database, sqliteFailures);

/** Why a database server cannot be used; `place` names it without any secret. */
export function postgresFailure(cause: unknown, place: string): unknown {
  if (cause instanceof StartFailure) return cause;
  if (cause instanceof SettingsFault) return new StartFailure("configuration", cause.message, cause.hint, cause);
  // Reads through the pool refuse their callers; here the reason counts.
  const fault = cause instanceof Refusal ? (cause.cause ?? cause) : cause;
  if (isConnectionFault(fault))
    return spine.storageFailure(fault, ["storage_unreachable", connectionHint(fault)], place);
  if (fault instanceof StorageFault) return spine.storageFailure(fault, SHARED_FAULTS[fault.code], place);
  if (!isOfDatabase(fault)) return cause;
  return spine.storageFailure(fault, [CODES[codeOf(fault)] ?? "storage_unreachable", connectionHint(fault)], place);
}

/** What the database itself refuses although it can be reached, by SQLSTATE. */
const CODES: Readonly<Record<string, StartFailureCode>> = {
  [PERMISSION_DENIED]: "configuration",
  [LOCK_NOT_AVAILABLE]: "already_running",
};

/** A fault that came with the making of a connection, or with its loss. */
const isConnectionFault = (fault: unknown): fault is StorageFault =>
  fault instanceof StorageFault && fault.code === "database_unreachable";

/** Errors of the client library: those of the database have a SQLSTATE, those of the network an errno, some neither. */
function isOfDatabase(fault: unknown): fault is Error {
  return fault instanceof Error && (codeOf(fault) !== "" || /^(?:Connection|Query|timeout)\b/.test(fault.message));
}
