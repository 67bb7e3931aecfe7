import { closeSync, lstatSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { NotifyError } from "../errors.ts";
import { migrate } from "./schema.ts";

const WAL_PAGES_BEFORE_CHECKPOINT = 128;
const WAL_BYTES_KEPT = 1024 * 1024;
const CACHE_KIB = 1_024;

const SQLITE_BUSY = 5;
const SQLITE_ERROR = 1;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;
const SQLITE_FULL = 13;

/**
 * Opens the outbox, or throws `outbox_damaged`, `outbox_newer`, `outbox_in_use` or `outbox_failed`. It is locked for this
 * process alone: two that delivered from one queue would tell everything twice.
 */
export function openFile(path: string): { readonly database: DatabaseSync; readonly isNew: boolean } {
  let database: DatabaseSync | undefined;
  try {
    // SQLite would create it with the process's umask.
    closeSync(openSync(path, "a+", 0o600));
    database = new DatabaseSync(path, {
      defensive: true,
      timeout: 0,
      enableForeignKeyConstraints: true,
      allowExtension: false,
      limits: { attach: 0 },
    });
    configure(database);
    insistWhole(database);
    return { database, isNew: migrate(database) === 0 };
  } catch (error) {
    database?.close();
    throw outboxError(error);
  }
}

/** WAL falls back to synchronous=NORMAL on reopen, so FULL is set each time: what was taken in survives a power cut. */
function configure(database: DatabaseSync): void {
  database.exec(`
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA secure_delete = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -${CACHE_KIB};
    PRAGMA journal_size_limit = ${WAL_BYTES_KEPT};
    PRAGMA wal_autocheckpoint = ${WAL_PAGES_BEFORE_CHECKPOINT};
  `);
}

/** The file is small, because everything in it is bounded: it is looked at whole. */
function insistWhole(database: DatabaseSync): void {
  const result = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
  if (result !== "ok") throw new NotifyError("outbox_damaged", "the outbox is damaged");
}

/** What SQLite threw, in this package's words: broken pages or schema are damage, everything else may pass. */
export function outboxError(error: unknown): NotifyError {
  if (error instanceof NotifyError) return error;
  switch (primaryCode(error)) {
    case SQLITE_ERROR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return new NotifyError("outbox_damaged", "the outbox is damaged", { cause: error });
    case SQLITE_BUSY:
      return new NotifyError("outbox_in_use", "another process delivers from this outbox", { cause: error });
    default:
      return new NotifyError("outbox_failed", "the outbox cannot be read or written", { cause: error });
  }
}

/** Whether the disk had no room for it. */
export function isFull(error: unknown): boolean {
  return primaryCode(error) === SQLITE_FULL;
}

function primaryCode(error: unknown): number {
  return error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;
}

const PARTS = ["", "-wal", "-shm"] as const;
const MOST_ASIDE = 5;

/** Puts a file, with what SQLite keeps beside it, where somebody can look at it; returns its new name. */
export function moveAside(path: string, wallMs: number): string {
  const aside = `${path}.damaged-${new Date(wallMs).toISOString().replaceAll(/[:.]/g, "-")}`;
  for (const part of PARTS) {
    if (lstatSync(`${path}${part}`, { throwIfNoEntry: false })) renameSync(`${path}${part}`, `${aside}${part}`);
  }
  dropOldest(path);
  return aside;
}

/** Damage that comes again and again must not fill the disk. */
function dropOldest(path: string): void {
  const prefix = `${basename(path)}.damaged-`;
  const names = readdirSync(dirname(path)).filter((name) => name.startsWith(prefix));
  const moments = [...new Set(names.map((name) => name.replace(/-(?:wal|shm)$/, "")))].toSorted();
  const old = new Set(moments.slice(0, -MOST_ASIDE));
  for (const name of names) {
    if (old.has(name.replace(/-(?:wal|shm)$/, ""))) rmSync(join(dirname(path), name), { force: true });
  }
}

const unfinished = (path: string) => `${path}.unfinished`;

/** Writes what is to become a file, beside it, for nobody else to read. */
export function writeUnfinished(path: string, bytes: Uint8Array): void {
  rmSync(unfinished(path), { force: true });
  writeFileSync(unfinished(path), bytes, { mode: 0o600, flag: "wx", flush: true });
}

/** Makes it the file. */
export function putInPlace(path: string): void {
  renameSync(unfinished(path), path);
}

/**
 * Tells whether the names still lead to the files that are open: a database that was unlinked or replaced goes on taking
 * rows into a file that nobody will ever open again (ATTACKS 23).
 */
export function identityOf(path: string): string {
  return ["", "-wal"]
    .map((part) => {
      const stat = lstatSync(`${path}${part}`, { throwIfNoEntry: false });
      return stat === undefined ? "missing" : `${stat.dev}:${stat.ino}`;
    })
    .join(" ");
}
