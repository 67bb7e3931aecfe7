import { createHash } from "node:crypto";
import { StorageFault, type Table } from "@holdfast/engine";
import { type Column, type Layout, layoutOf } from "@holdfast/engine/back-end";
import type pg from "pg";
import { inTransaction } from "./query.ts";
import { quoted, SQL_TYPES } from "./sql.ts";

const TYPES = { ...SQL_TYPES, text: `text COLLATE "C"` } as const;

const list = (names: readonly string[]): string => names.map(quoted).join(", ");

/** SQL of a column in CREATE TABLE and ALTER TABLE. */
const columnSql = ({ name, type, isOptional }: Column): string =>
  `${quoted(name)} ${TYPES[type]}${isOptional ? "" : " NOT NULL"}`;

/**
 * Creates declared tables and their indexes, adds nullable columns that were declared since, and refuses any other
 * difference. Looks before it does anything: a role that may create nothing passes when nothing is missing. Returns
 * the names of the tables that it made.
 */
export async function createTables(client: pg.ClientBase, tables: readonly Table[]): Promise<readonly string[]> {
  const created: string[] = [];
  for (const table of tables) {
    const layout = layoutOf(table);
    const stored = await storedColumns(client, table.name);
    if (stored.length === 0) {
      await createTable(client, layout);
      created.push(table.name);
      continue;
    }
    await checkKey(client, layout);
    await addColumns(client, layout, stored);
    await addIndexes(client, layout);
  }
  return created;
}

async function createTable(client: pg.ClientBase, { table, columns }: Layout): Promise<void> {
  const body = [
    ...columns.map(columnSql),
    `"rev" bigint NOT NULL`,
    `"seq" bigint NOT NULL`,
    `"mac" bytea NOT NULL`,
    `PRIMARY KEY (${list(table.key)})`,
  ];
  const indexes = indexesOf(table).map(({ name, columns: over }) => indexSql("INDEX IF NOT EXISTS", name, table, over));
  const make = `CREATE TABLE IF NOT EXISTS holdfast.${quoted(table.name)} (${body.join(", ")})`;
  await inTransaction(client, () => client.query([make, ...indexes].join(";\n")));
}

interface Index {
  readonly name: string;
  readonly columns: readonly string[];
}

const MAX_NAME = 63;

/** PostgreSQL cuts long names off without a word, and two that were cut to the same would be one. */
function indexesOf(table: Table): readonly Index[] {
  return (table.indexes ?? []).map((columns) => {
    const name = `${table.name}_by_${columns.join("_")}`;
    if (name.length <= MAX_NAME) return { name, columns };
    const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
    return { name: `${name.slice(0, MAX_NAME - 9)}_${digest}`, columns };
  });
}

const indexSql = (verb: string, name: string, table: Table, columns: readonly string[]): string =>
  `CREATE ${verb} ${quoted(name)} ON holdfast.${quoted(table.name)} (${list(columns)})`;

/** Declared columns as they are stored, in the order in which they were added; none when there is no such table. */
async function storedColumns(client: pg.ClientBase, name: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string; type: string; collation: string | null; isNotNull: boolean }>(
    `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, c.collname AS collation,
       a.attnotnull AS "isNotNull"
     FROM pg_attribute a LEFT JOIN pg_collation c ON c.oid = a.attcollation
     WHERE a.attrelid = to_regclass('holdfast.' || quote_ident($1)) AND a.attnum > 0 AND NOT a.attisdropped
       AND a.attname NOT IN ('rev', 'seq', 'mac') ORDER BY a.attnum`,
    [name],
  );
  return rows.map(
    ({ name: column, type, collation, isNotNull }) =>
      `"${column}" ${type}${collation === null ? "" : ` COLLATE "${collation}"`}${isNotNull ? " NOT NULL" : ""}`,
  );
}

/** Who wrote a row is decided by its key: a table with another one holds other rows. */
async function checkKey(client: pg.ClientBase, { table }: Layout): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT a.attname AS name FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k(number, place)
     JOIN pg_attribute a ON a.attnum = k.number
     WHERE i.indisprimary AND i.indrelid = to_regclass('holdfast.' || quote_ident($1)) AND a.attrelid = i.indrelid
     ORDER BY k.place`,
    [table.name],
  );
  if (rows.map(({ name }) => name).join() === table.key.join()) return;
  throw new StorageFault("table_invalid", `Table ${table.name} is stored with another key than declared.`);
}

async function addColumns(client: pg.ClientBase, layout: Layout, stored: readonly string[]): Promise<void> {
  const declared = layout.columns.map(columnSql);
  const shared = Math.min(stored.length, declared.length);
  const added = layout.columns.slice(shared);
  // A newer node has added its own at the end: while an upgrade rolls on, they are null for rows of this one.
  const isNewer = stored.slice(shared).every((column) => !column.endsWith(" NOT NULL"));
  const isSame = stored.slice(0, shared).join() === declared.slice(0, shared).join();
  if (!isSame || !isNewer || added.some(({ isOptional }) => !isOptional)) {
    throw new StorageFault(
      "table_invalid",
      `Table ${layout.table.name} is stored with other columns than declared; only nullable ones can be added at the end.`,
    );
  }
  for (const column of added) {
    await client.query(
      `ALTER TABLE holdfast.${quoted(layout.table.name)} ADD COLUMN IF NOT EXISTS ${columnSql(column)}`,
    );
  }
}

/**
 * On a table that is in use: without holding up its writers, which cannot be done inside a transaction. It waits for
 * whoever began before it, in nobody's way and so without a limit.
 */
async function addIndexes(client: pg.ClientBase, { table }: Layout): Promise<void> {
  for (const { name, columns } of indexesOf(table)) {
    const { rows } = await client.query<{ isValid: boolean }>(
      `SELECT indisvalid AS "isValid" FROM pg_index WHERE indexrelid = to_regclass('holdfast.' || quote_ident($1))`,
      [name],
    );
    if (rows[0]?.isValid === true) continue;
    await client.query("SET lock_timeout = 0");
    // What was left behind when an earlier attempt was broken off; it would never be used.
    if (rows[0]?.isValid === false) await client.query(`DROP INDEX CONCURRENTLY IF EXISTS holdfast.${quoted(name)}`);
    await client.query(indexSql("INDEX CONCURRENTLY IF NOT EXISTS", name, table, columns));
    await client.query("RESET lock_timeout");
  }
}
