import { openFault, Refusal, StorageFault } from "@holdfast/engine";
import { SettingsFault } from "@holdfast/postgres";
import {
  codeOf,
  connectionHint,
  IN_THE_WAY,
  LOCK_NOT_AVAILABLE,
  MIGRATE,
  PERMISSION_DENIED,
} from "./connection-hint.ts";
import { StartFailure, type StartFailureCode } from "./start-failure.ts";

type Faults = Readonly<Record<StorageFault["code"], readonly [StartFailureCode, string]>>;

const FAULTS: Faults = {
  database_unreadable: ["database_damaged", "Look at the file's permissions and at the disk."],
  database_unreachable: ["storage_unreachable", "Look whether the database runs."],
  database_in_use: ["already_running", "Stop the other one first, or name another folder with HOLDFAST_DATA_DIR."],
  database_damaged: ["database_damaged", "Restore a backup; `holdfast audit verify --data-dir` names what is wrong."],
  database_rolled_back: [
    "database_rolled_back",
    "Put the newest database back, or set HOLDFAST_STORAGE_URL if it is not in this folder; if this one is meant to stand, move the checkpoint files away.",
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

/** What differs where the database is a server of its own. */
const SHARED_FAULTS: Faults = {
  ...FAULTS,
  database_unreadable: ["configuration", MIGRATE],
  database_in_use: ["already_running", IN_THE_WAY],
  database_rolled_back: [
    "database_rolled_back",
    "Look whether HOLDFAST_STORAGE_URL names the right database; if this one is meant to stand, move the checkpoint files away.",
  ],
  database_damaged: ["database_damaged", "Restore a backup of the database."],
  write_failed: ["storage_unreachable", "Look at the database's log and at its disk."],
};

/** Why a database in a data folder cannot be opened; what is no fault of the storage passes as it is. */
export function sqliteFailure(cause: unknown, database: string): unknown {
  const fault = cause instanceof Error && "errcode" in cause ? openFault(cause) : cause;
  return fault instanceof StorageFault ? failureOf(fault, FAULTS[fault.code], database) : cause;
}

/** Why a database server cannot be used; `place` names it without any secret. */
export function postgresFailure(cause: unknown, place: string): unknown {
  if (cause instanceof StartFailure) return cause;
  if (cause instanceof SettingsFault) return new StartFailure("configuration", cause.message, cause.hint, cause);
  // Reads through the pool refuse their callers; here the reason counts.
  const fault = cause instanceof Refusal ? (cause.cause ?? cause) : cause;
  if (isConnectionFault(fault)) return failureOf(fault, ["storage_unreachable", connectionHint(fault)], place);
  if (fault instanceof StorageFault) return failureOf(fault, SHARED_FAULTS[fault.code], place);
  if (!isOfDatabase(fault)) return cause;
  return failureOf(fault, [CODES[codeOf(fault)] ?? "storage_unreachable", connectionHint(fault)], place);
}

/** What the database itself refuses although it can be reached, by SQLSTATE. */
const CODES: Readonly<Record<string, StartFailureCode>> = {
  [PERMISSION_DENIED]: "configuration",
  [LOCK_NOT_AVAILABLE]: "already_running",
};

function failureOf(fault: Error, [code, hint]: readonly [StartFailureCode, string], place: string): StartFailure {
  const sentence = `${fault.message.replace(/\.$/, "")}${fault.message.includes(place) ? "" : ` (${place})`}.`;
  return new StartFailure(code, sentence, hint, fault);
}

/** A fault that came with the making of a connection, or with its loss. */
const isConnectionFault = (fault: unknown): fault is StorageFault =>
  fault instanceof StorageFault && fault.code === "database_unreachable";

/** Errors of the client library: those of the database have a SQLSTATE, those of the network an errno, some neither. */
function isOfDatabase(fault: unknown): fault is Error {
  return fault instanceof Error && (codeOf(fault) !== "" || /^(?:Connection|Query|timeout)\b/.test(fault.message));
}
