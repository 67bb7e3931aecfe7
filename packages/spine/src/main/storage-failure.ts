import { openFault, StorageFault, type StorageFaultCode } from "@holdfast/engine";
import { StartFailure, type StartFailureCode } from "@holdfast/runtime";

/** What each fault of a storage means for a start, and what an operator can do. */
export type StorageFailures = Readonly<Record<StorageFaultCode, readonly [StartFailureCode, string]>>;

/** Of a database in a data folder; a program says itself how it is told of another folder. */
export const storageFailures: StorageFailures = {
  database_unreadable: ["database_damaged", "Look at the file's permissions and at the disk."],
  database_unreachable: ["storage_unreachable", "Look whether the database runs."],
  database_in_use: ["already_running", "Stop the other one first, or name another folder."],
  database_damaged: ["database_damaged", "Restore a backup; `holdfast audit verify --data-dir` names what is wrong."],
  database_rolled_back: [
    "database_rolled_back",
    "Put the newest database back; if this one is meant to stand, move the checkpoint files away.",
  ],
  database_forked: [
    "database_rolled_back",
    "Put the right database back; this one has another history than its checkpoint.",
  ],
  head_forged: ["database_damaged", "Someone without this ledger's key wrote to the database. Restore a backup."],
  database_foreign: ["database_damaged", "This database belongs to another ledger; put the right one back."],
  database_newer: ["database_damaged", "Use the version of Holdfast that wrote it, or a newer one."],
  table_invalid: ["database_damaged", "Use the version of Holdfast that wrote it, or a newer one."],
  state_tampered: ["database_damaged", "A row was changed outside of Holdfast. Restore a backup."],
  write_failed: ["database_damaged", "Look at the disk: it may be full or failing."],
};

/** Why a database in a data folder cannot be opened; what is no fault of the storage passes as it is. */
export function sqliteFailure(cause: unknown, database: string, failures: StorageFailures = storageFailures): unknown {
  const fault = cause instanceof Error && "errcode" in cause ? openFault(cause) : cause;
  return fault instanceof StorageFault ? storageFailure(fault, failures[fault.code], database) : cause;
}

/** One sentence that names the place, and what to do. */
export function storageFailure(
  fault: Error,
  [code, hint]: readonly [StartFailureCode, string],
  place: string,
): StartFailure {
  const sentence = `${fault.message.replace(/\.$/, "")}${fault.message.includes(place) ? "" : ` (${place})`}.`;
  return new StartFailure(code, sentence, hint, fault);
}
