import type { ColumnType, Row, Table } from "../table.ts";
import { StorageFault } from "./storage-fault.ts";

/** SQL and order of columns of one declared table, derived once. */
export interface Layout {
  readonly table: Table;
  readonly columns: readonly Column[];
  readonly key: readonly Column[];
  readonly createTable: string;
  readonly createIndexes: readonly string[];
  readonly insert: string;
  readonly update: string;
  readonly remove: string;
  readonly select: string;
}

export interface Column {
  readonly name: string;
  readonly type: "text" | "integer" | "blob";
  readonly isOptional: boolean;
}

const IDENTIFIER = /^[a-z][a-z0-9_]{0,62}$/;
const OWNED = new Set(["rev", "seq", "mac"]);
/** The system's own tables on any back end; `entries_…` are PostgreSQL's partitions. */
const SYSTEM = /^(?:entries(?:_.*)?|head|tiles|checkpoints|entry_filters|batches|leases|schema_version)$/;
const layouts = new WeakMap<Table, Layout>();

/** The layout of a declaration; refuses names and keys that could not be stored as they stand. */
export function layoutOf(table: Table): Layout {
  const known = layouts.get(table);
  if (known !== undefined) return known;
  check(table);
  const layout = derive(table);
  layouts.set(table, layout);
  return layout;
}

function check(table: Table): void {
  const names = Object.keys(table.columns);
  const isNamed = IDENTIFIER.test(table.name) && !SYSTEM.test(table.name) && !table.name.startsWith("sqlite_");
  if (!isNamed) throw new StorageFault("table_invalid", `table name ${JSON.stringify(table.name)} is not usable`);
  const wrong = names.find((name) => !IDENTIFIER.test(name) || OWNED.has(name));
  if (wrong !== undefined) throw new StorageFault("table_invalid", `column ${table.name}.${wrong} is not usable`);
  if (table.key.length === 0) throw new StorageFault("table_invalid", `table ${table.name} has no key`);
  for (const name of table.key) {
    if (table.columns[name]?.endsWith("?") !== false) {
      throw new StorageFault("table_invalid", `key column ${table.name}.${name} must be declared and never null`);
    }
  }
  for (const name of (table.indexes ?? []).flat()) {
    if (table.columns[name] === undefined) throw new StorageFault("table_invalid", `no column ${table.name}.${name}`);
  }
}

const quoted = (name: string): string => `"${name}"`;
const list = (names: readonly string[]): string => names.map(quoted).join(", ");

function columnOf(name: string, declared: ColumnType): Column {
  const isOptional = declared.endsWith("?");
  return { name, type: (isOptional ? declared.slice(0, -1) : declared) as Column["type"], isOptional };
}

/** SQL of a column in CREATE TABLE and ALTER TABLE. */
export const columnSql = (column: Column): string =>
  `${quoted(column.name)} ${column.type.toUpperCase()}${column.isOptional ? "" : " NOT NULL"}`;

function derive(table: Table): Layout {
  const columns = Object.entries(table.columns).map(([name, type]) => columnOf(name, type));
  const stored = [...Object.keys(table.columns), "rev", "seq", "mac"];
  const where = table.key.map((name) => `${quoted(name)} = ?`).join(" AND ");
  return {
    table,
    columns,
    key: table.key.map((name) => columnOf(name, table.columns[name] as ColumnType)),
    createTable: createTable(table, columns),
    createIndexes: createIndexes(table),
    insert: `INSERT INTO ${quoted(table.name)} (${list(stored)}) VALUES (${stored.map(() => "?").join(", ")}) ON CONFLICT DO NOTHING`,
    update: `UPDATE ${quoted(table.name)} SET ${stored.map((name) => `${quoted(name)} = ?`).join(", ")} WHERE ${where} AND "rev" = ?`,
    remove: `DELETE FROM ${quoted(table.name)} WHERE ${where} AND "rev" = ?`,
    select: `SELECT ${list(stored)} FROM ${quoted(table.name)} WHERE ${where}`,
  };
}

function createTable(table: Table, columns: readonly Column[]): string {
  const body = [
    ...columns.map(columnSql),
    `"rev" INTEGER NOT NULL`,
    `"seq" INTEGER NOT NULL`,
    `"mac" BLOB NOT NULL`,
    `PRIMARY KEY (${list(table.key)})`,
  ];
  return `CREATE TABLE IF NOT EXISTS ${quoted(table.name)} (${body.join(", ")}) STRICT, WITHOUT ROWID`;
}

function createIndexes(table: Table): string[] {
  return (table.indexes ?? []).map(
    (names) =>
      `CREATE INDEX IF NOT EXISTS ${quoted(`${table.name}_by_${names.join("_")}`)} ON ${quoted(table.name)} (${list(names)})`,
  );
}

/** Text that names one row among all rows of all tables in memory; never stored. */
export function rowKey(table: Table, key: Row): string {
  let text = table.name;
  for (const name of table.key) {
    const cell = key[name];
    const part = cell instanceof Uint8Array ? Buffer.from(cell).toString("hex") : String(cell);
    text += `\0${part.length}:${part}`;
  }
  return text;
}
