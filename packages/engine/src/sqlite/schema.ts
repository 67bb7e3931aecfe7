import type { DatabaseSync } from "node:sqlite";
import type { Table } from "../table.ts";
import { columnSql, type Layout, layoutOf } from "../committer/layout.ts";
import { StorageFault } from "../committer/storage-fault.ts";

/**
 * Forward only: a migration is never changed once it was released, a new one is added at the end. `entries.payload` is
 * null once it was erased. `tiles` holds complete tiles of level 0 and, above, the tiles as far as they are filled.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE entries (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL, payload BLOB) STRICT;
   CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 0), size INTEGER NOT NULL, chain TEXT NOT NULL,
     root TEXT NOT NULL, epoch INTEGER NOT NULL, origin TEXT NOT NULL, signature TEXT NOT NULL) STRICT;
   CREATE TABLE tiles (level INTEGER NOT NULL, idx INTEGER NOT NULL, hashes BLOB NOT NULL,
     PRIMARY KEY (level, idx)) STRICT;
   CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
   CREATE TABLE entry_filters (block INTEGER PRIMARY KEY, bits BLOB NOT NULL) STRICT;`,
];

const SCHEMA_VERSION = MIGRATIONS.length;

/** Brings the system tables to the newest version, inside the caller's transaction; returns the version found. */
export function migrate(database: DatabaseSync): number {
  const found = database.prepare("PRAGMA user_version").get()?.["user_version"] as number;
  if (found > SCHEMA_VERSION) {
    throw new StorageFault(
      "database_newer",
      `The database has version ${found}; this program knows up to ${SCHEMA_VERSION}.`,
    );
  }
  for (const sql of MIGRATIONS.slice(found)) database.exec(sql);
  if (found < SCHEMA_VERSION) database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  return found;
}

/** Creates declared tables, adds nullable columns that were declared since, and refuses any other difference. */
export function createTables(database: DatabaseSync, tables: readonly Table[]): void {
  for (const table of tables) {
    const layout = layoutOf(table);
    database.exec(layout.createTable);
    addColumns(database, layout);
    for (const sql of layout.createIndexes) database.exec(sql);
  }
}

function addColumns(database: DatabaseSync, layout: Layout): void {
  const stored = storedColumns(database, layout);
  const declared = layout.columns.map(columnSql);
  const known = declared.slice(0, stored.length);
  const added = layout.columns.slice(stored.length);
  if (stored.join() !== known.join() || added.some((column) => !column.isOptional)) {
    throw new StorageFault(
      "table_invalid",
      `Table ${layout.table.name} is stored with other columns than declared; only nullable ones can be added at the end.`,
    );
  }
  for (const column of added) database.exec(`ALTER TABLE "${layout.table.name}" ADD COLUMN ${columnSql(column)}`);
}

function storedColumns(database: DatabaseSync, { table }: Layout): string[] {
  return database
    .prepare(
      "SELECT name, type, \"notnull\" FROM pragma_table_info(?) WHERE name NOT IN ('rev', 'seq', 'mac') ORDER BY cid",
    )
    .all(table.name)
    .map(
      (column) => `"${String(column["name"])}" ${String(column["type"])}${column["notnull"] === 0 ? "" : " NOT NULL"}`,
    );
}
