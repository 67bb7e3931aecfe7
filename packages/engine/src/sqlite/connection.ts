import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { StorageFault } from "../committer/storage-fault.ts";

/** Larger pages gain nothing for entries and lose on scattered rows (docs/decisions/0002-committer.md). */
const PAGE_BYTES = 4096;
const WAL_PAGES_BEFORE_CHECKPOINT = 4_000;
/** A long read (a verification, a backup) lets the write-ahead log grow; afterwards it is cut back to this. */
const WAL_BYTES_KEPT = 64 * 1024 * 1024;
const BUSY_TIMEOUT_MS = 5_000;

/**
 * The write connection: WAL falls back to synchronous=NORMAL on reopen, so FULL is set on each connection; deleted
 * content is overwritten (secure_delete is off by default); the schema of the file is not trusted to call functions.
 */
export function openWriteConnection(path: string): DatabaseSync {
  try {
    // SQLite would create it with the process's umask.
    closeSync(openSync(path, "a+", 0o600));
    const database = new DatabaseSync(path, {
      defensive: true,
      timeout: BUSY_TIMEOUT_MS,
      enableForeignKeyConstraints: true,
      allowExtension: false,
      limits: { attach: 0 },
    });
    return configured(database);
  } catch (cause) {
    throw openFault(cause);
  }
}

function configured(database: DatabaseSync): DatabaseSync {
  try {
    database.exec(`
      PRAGMA page_size = ${PAGE_BYTES};
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA secure_delete = ON;
      PRAGMA trusted_schema = OFF;
      PRAGMA cell_size_check = ON;
      PRAGMA foreign_keys = ON;
      PRAGMA temp_store = MEMORY;
      PRAGMA journal_size_limit = ${WAL_BYTES_KEPT};
      PRAGMA wal_autocheckpoint = ${WAL_PAGES_BEFORE_CHECKPOINT};
    `);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A connection that can only read; every statement sees the last committed batch. */
export function openReadConnection(path: string): DatabaseSync {
  try {
    const database = new DatabaseSync(path, {
      readOnly: true,
      defensive: true,
      timeout: BUSY_TIMEOUT_MS,
      allowExtension: false,
      limits: { attach: 0 },
    });
    database.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA query_only = ON;");
    return database;
  } catch (cause) {
    throw openFault(cause);
  }
}

/** In statements of our own: a table or column that they name is gone from the file's schema. */
const SQLITE_ERROR = 1;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** Broken pages are damage; everything else that SQLite says while opening is a file that cannot be used. */
export function openFault(cause: unknown): StorageFault {
  if (cause instanceof StorageFault) return cause;
  const { message } = cause as Error;
  return isDamage(cause)
    ? new StorageFault("database_damaged", `The database is damaged: ${message}.`, cause)
    : new StorageFault("database_unreadable", `The database cannot be opened: ${message}.`, cause);
}

/** Broken pages or schema, or a file that is no database. */
export function isDamage(cause: unknown): boolean {
  const code = cause instanceof Error && "errcode" in cause ? Number(cause.errcode) & 0xff : 0;
  return code === SQLITE_ERROR || code === SQLITE_CORRUPT || code === SQLITE_NOTADB;
}
