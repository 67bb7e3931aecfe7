import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

const PAGE_BYTES = 4096;
const BUSY_TIMEOUT_MS = 2_000;
/** Checkpoints are made in quiet moments (upkeep.ts); in a storm that has none, SQLite makes one after so many pages. */
const WAL_PAGES_AT_MOST = 8_000;
/** A reader that stays long lets the write-ahead log grow; afterwards it is cut back to this. */
const WAL_BYTES_KEPT = 16 * 1024 * 1024;
/** The agent's whole budget is 100 MB: the document's 64 MB of cache and 256 MB of mapped file would be all of it. */
const CACHE_SHARE = 0.04;
const MAPPED_SHARE = 0.08;
/** The file may not grow past this even when nothing can be pruned: SQLite itself says that it is full. */
const HARD_LIMIT = 1.25;

export interface ConnectionLimits {
  readonly memoryBudgetBytes: number;
  readonly maxBytes: number;
}

/**
 * The connection that writes events: WAL with synchronous NORMAL (a power cut may take the last seconds, never the
 * file) and a schema that is not trusted to call functions.
 */
export function openWriter(path: string, limits: ConnectionLimits): DatabaseSync {
  // SQLite would create it with the process's umask.
  closeSync(openSync(path, "a+", 0o600));
  const database = new DatabaseSync(path, {
    defensive: true,
    timeout: BUSY_TIMEOUT_MS,
    enableForeignKeyConstraints: true,
    allowExtension: false,
    limits: { attach: 0 },
  });
  try {
    database.exec(pragmas(limits));
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function pragmas({ memoryBudgetBytes, maxBytes }: ConnectionLimits): string {
  return `
    PRAGMA page_size = ${PAGE_BYTES};
    PRAGMA auto_vacuum = INCREMENTAL;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = ${-Math.floor((memoryBudgetBytes * CACHE_SHARE) / 1024)};
    PRAGMA mmap_size = ${Math.floor(memoryBudgetBytes * MAPPED_SHARE)};
    PRAGMA journal_size_limit = ${WAL_BYTES_KEPT};
    PRAGMA wal_autocheckpoint = ${WAL_PAGES_AT_MOST};
    PRAGMA max_page_count = ${Math.ceil((maxBytes * HARD_LIMIT) / PAGE_BYTES)};
  `;
}
