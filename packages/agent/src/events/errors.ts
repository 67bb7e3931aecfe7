/** Codes are public and stable. */
export type EventStoreErrorCode = "store_full" | "store_damaged" | "store_newer" | "store_failed";

/** The event store's one error class: what was to be written is not written. */
export class EventStoreError extends Error {
  override readonly name = "EventStoreError";
  readonly code: EventStoreErrorCode;

  constructor(code: EventStoreErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
  }
}

const SQLITE_READONLY = 8;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CONSTRAINT = 19;
const SQLITE_MISMATCH = 20;
const SQLITE_NOTADB = 26;
const SQLITE_ERROR = 1;
/** The file was unlinked or renamed while it was open. */
const SQLITE_READONLY_DBMOVED = 1032;

/** Gives what SQLite says its place among the store's own codes. */
export function storeErrorOf(cause: unknown): EventStoreError {
  if (cause instanceof EventStoreError) return cause;
  const code = sqliteCodeOf(cause);
  const primary = code & 0xff;
  const message = cause instanceof Error ? cause.message : String(cause);
  if (primary === SQLITE_FULL) return new EventStoreError("store_full", "There is no room for more events.", cause);
  if (primary === SQLITE_CORRUPT || primary === SQLITE_NOTADB || code === SQLITE_READONLY_DBMOVED) {
    return new EventStoreError("store_damaged", `The event store is damaged: ${message}.`, cause);
  }
  const hint = primary === SQLITE_READONLY ? " It cannot be written to." : "";
  return new EventStoreError("store_failed", `The event store failed: ${message}.${hint}`, cause);
}

/** While a file is opened, what our own statements name must be in it: the schema is damaged when it is not. */
export function openErrorOf(cause: unknown): EventStoreError {
  if (cause instanceof EventStoreError || sqliteCodeOf(cause) !== SQLITE_ERROR) return storeErrorOf(cause);
  return new EventStoreError("store_damaged", "The schema of the event store is damaged.", cause);
}

/** One row that its table does not take, such as a number that is none: the others of its batch can still be written. */
export function isRefusedRow(cause: unknown): boolean {
  const primary = sqliteCodeOf(cause) & 0xff;
  return primary === SQLITE_CONSTRAINT || primary === SQLITE_MISMATCH || isUnbindable(cause);
}

function isUnbindable(cause: unknown): boolean {
  return cause instanceof TypeError && "code" in cause && cause.code === "ERR_INVALID_ARG_TYPE";
}

function sqliteCodeOf(cause: unknown): number {
  return cause instanceof Error && "errcode" in cause ? Number(cause.errcode) : 0;
}
