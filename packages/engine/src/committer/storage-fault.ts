/** Why a database cannot be opened, trusted or written; a server maps these to exit codes, never to callers. */
export type StorageFaultCode =
  /** The file is missing, unreadable or not writable. */
  | "database_unreadable"
  /** No connection to a database server, or it was lost. */
  | "database_unreachable"
  /** Another instance holds it. */
  | "database_in_use"
  /** Broken pages, a torn schema, or an entry, tile or head that contradicts another. */
  | "database_damaged"
  /** Smaller than a head or checkpoint known from elsewhere. */
  | "database_rolled_back"
  /** As large as a known head or checkpoint, yet with another history. */
  | "database_forked"
  /** The head's signature does not hold: written by someone without this log's key. */
  | "head_forged"
  /** The ledger of another origin. */
  | "database_foreign"
  /** Written by a newer version. */
  | "database_newer"
  /** A table declaration that cannot be stored, or contradicts what is stored. */
  | "table_invalid"
  /** A row whose MAC does not hold. */
  | "state_tampered"
  /** A batch could not be made durable; nothing of it stands. */
  | "write_failed";

/** The storage's error: nothing that a caller of an operation may see. */
export class StorageFault extends Error {
  override readonly name = "StorageFault";
  readonly code: StorageFaultCode;

  constructor(code: StorageFaultCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
  }
}
