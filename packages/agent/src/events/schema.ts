import type { DatabaseSync } from "node:sqlite";
import type { Column, RuleTable } from "@holdfast/rules";
import { EventStoreError } from "./errors.ts";

/** Forward only: a migration is never changed once it was released, a new one is added at the end. */
const MIGRATIONS: readonly string[] = ["CREATE TABLE store_state (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;"];

const SCHEMA_VERSION = MIGRATIONS.length;

/** Brings the file to this program's version and to the declared tables, inside the caller's transaction. */
export function migrate(database: DatabaseSync, tables: readonly RuleTable[]): void {
  const found = database.prepare("PRAGMA user_version").get()?.["user_version"] as number;
  if (found > SCHEMA_VERSION) {
    const message = `The event store has version ${found}; this program knows up to ${SCHEMA_VERSION}.`;
    throw new EventStoreError("store_newer", message);
  }
  for (const sql of MIGRATIONS.slice(found)) database.exec(sql);
  if (found < SCHEMA_VERSION) database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  for (const table of tables) declare(database, table);
}

/** The table as it is declared now; new columns are added, and a table of state that differs otherwise starts anew. */
function declare(database: DatabaseSync, table: RuleTable): void {
  const stored = storedColumns(database, table.name);
  if (stored.size > 0 && !canHold(stored, table)) startAnew(database, table);
  else if (stored.size > 0) addColumns(database, table, stored);
  for (const sql of createTable(table)) database.exec(sql);
}

/** What is there now is looked at again; what has happened cannot be, so such a file is put aside whole. */
function startAnew(database: DatabaseSync, table: RuleTable): void {
  if (table.kind === "events") {
    throw new EventStoreError("store_damaged", `Table ${table.name} is stored with other columns than declared.`);
  }
  database.exec(`DROP TABLE "${table.name}"`);
}

/**
 * Events have their number as the row's key: it costs no index, and rows that came later stand behind. Rows of state
 * are found by identity, and those that changed by their number.
 */
function createTable(table: RuleTable): readonly string[] {
  const isEvents = table.kind === "events";
  const columns = table.columns.map((column) =>
    isEvents && column.name === "seq" ? `"seq" INTEGER PRIMARY KEY` : columnSql(column),
  );
  if (isEvents) return [`CREATE TABLE IF NOT EXISTS "${table.name}" (${columns.join(", ")}) STRICT`];
  const identity = table.identity.map((name) => `"${name}"`).join(", ");
  return [
    `CREATE TABLE IF NOT EXISTS "${table.name}" (${columns.join(", ")}, UNIQUE (${identity})) STRICT`,
    `CREATE INDEX IF NOT EXISTS "${table.name}_seq" ON "${table.name}" ("seq")`,
  ];
}

function columnSql({ name, type }: Column): string {
  return `"${name}" ${type.toUpperCase()} NOT NULL DEFAULT ${type === "text" ? "''" : "0"}`;
}

function storedColumns(database: DatabaseSync, table: string): Map<string, string> {
  const rows = database.prepare("SELECT name, type FROM pragma_table_info(?)").all(table);
  return new Map(rows.map((row) => [String(row["name"]), String(row["type"]).toLowerCase()]));
}

/** Columns of another type, or rows told apart by other columns, cannot be carried over. */
function canHold(stored: ReadonlyMap<string, string>, table: RuleTable): boolean {
  const isSameType = ({ name, type }: Column): boolean => (stored.get(name) ?? type) === type;
  return table.columns.every(isSameType) && table.identity.every((name) => stored.has(name));
}

function addColumns(database: DatabaseSync, table: RuleTable, stored: ReadonlyMap<string, string>): void {
  for (const column of table.columns) {
    if (!stored.has(column.name)) database.exec(`ALTER TABLE "${table.name}" ADD COLUMN ${columnSql(column)}`);
  }
}
