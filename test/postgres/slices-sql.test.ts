import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { type Cell, openWriteConnection, type Row, SqliteStorage, type StoredRow, type Table } from "@holdfast/engine";
import { layoutOf } from "@holdfast/engine/back-end";
import { createPool, PoolReads, PostgresStorage } from "@holdfast/postgres";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type PreparedDatabase,
  prepareDatabase,
  STATE_KEY,
  storedCells,
} from "../../packages/postgres/src/prepared-database.fixture.ts";
import { numberPlaceholders } from "../../packages/postgres/src/placeholders.ts";
import { tables } from "../../packages/server/src/main/tables.ts";

type Parameter = "tenant" | "text" | "integer" | "blob" | "limit";

/** Every text that a slice or the gate reads rows with. */
const statements: readonly (readonly [sql: string, ...parameters: Parameter[]])[] = [
  ["SELECT * FROM tokens WHERE actor = ? LIMIT 2", "text"],
  ["SELECT * FROM tokens WHERE digest = ?", "blob"],
  ["SELECT * FROM tokens WHERE tenant = ? AND accessor > ? ORDER BY accessor LIMIT ?", "tenant", "text", "limit"],
  [
    `SELECT * FROM tokens WHERE expires_at <= ? OR uses_left = 0
     OR (parent IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tokens AS p WHERE p.accessor = tokens.parent)) LIMIT ?`,
    "integer",
    "limit",
  ],
  ["SELECT * FROM actors WHERE tenant = ? AND kind = 'system'", "tenant"],
  ["SELECT * FROM payload_keys WHERE key_id = ?", "blob"],
  ["SELECT * FROM payload_keys WHERE tenant = ? AND kek_version = ? LIMIT ?", "tenant", "integer", "limit"],
  [
    "SELECT * FROM payload_keys WHERE tenant = ? AND kek_version = ? AND key_id > ? ORDER BY key_id LIMIT 1000",
    "tenant",
    "integer",
    "blob",
  ],
  ["SELECT * FROM deks WHERE tenant = ? AND kek_version = ? LIMIT ?", "tenant", "integer", "limit"],
  [
    "SELECT * FROM deks WHERE tenant = ? AND kek_version = ? AND dek_id > ? ORDER BY dek_id LIMIT 1000",
    "tenant",
    "integer",
    "blob",
  ],
  ["SELECT * FROM keks WHERE tenant = ? AND state <> 'destroyed' ORDER BY version", "tenant"],
  ["SELECT * FROM keks WHERE tenant = ? ORDER BY version DESC LIMIT 4", "tenant"],
  ["SELECT * FROM grants WHERE tenant = ? AND role = ? LIMIT 1", "tenant", "text"],
  [
    "SELECT * FROM grants WHERE tenant = ? AND (actor, role) > (?, ?) ORDER BY actor, role LIMIT ?",
    "tenant",
    "text",
    "text",
    "limit",
  ],
  ["SELECT * FROM grants WHERE actor = ? ORDER BY tenant, role", "text"],
  ["SELECT * FROM roles WHERE tenant = ? ORDER BY name", "tenant"],
  ["SELECT * FROM tenants"],
  ["SELECT * FROM namespaces WHERE tenant = ? ORDER BY path", "tenant"],
  [
    "SELECT * FROM nodes WHERE tenant = ? AND path >= ? AND path < ? ORDER BY path LIMIT ?",
    "tenant",
    "text",
    "text",
    "limit",
  ],
  [
    "SELECT * FROM versions WHERE tenant = ? AND node_id = ? AND version < ? ORDER BY version DESC LIMIT ?",
    "tenant",
    "tenant",
    "integer",
    "limit",
  ],
  [
    "SELECT * FROM versions WHERE tenant = ? AND node_id = ? AND state = 'deleted' ORDER BY version DESC LIMIT 1",
    "tenant",
    "tenant",
  ],
  [
    "SELECT * FROM versions WHERE tenant = ? AND node_id = ? AND state <> 'destroyed' ORDER BY version DESC LIMIT 4",
    "tenant",
    "tenant",
  ],
  ["SELECT * FROM idempotency WHERE expires_at <= ? LIMIT ?", "integer", "limit"],
];

const most = Number.MAX_SAFE_INTEGER;
const texts = ["", "a", "A", "b", "B", "é", "É", "ä", "z", "%", "_", "a%", "a_", "a/b", "a b", "🔑", "\u{ffff}"];
/** Statements name some of these: a state is one of them often enough to be found. */
const states = ["system", "deleted", "destroyed"];
const oddTexts = ["\u{10000}", "\u{10ffff}", "ß", "ss"];
const blobs = [[], [0], [0, 0], [1], [127], [128], [255], [255, 0]].map((bytes) => Uint8Array.from(bytes));
/** Few values where a statement asks for one of them, more where it compares and orders. */
const values: Readonly<Record<Parameter, fc.Arbitrary<Cell>>> = {
  tenant: fc.constantFrom("t", "T"),
  text: fc.constantFrom(...texts, ...states, ...oddTexts),
  integer: fc.constantFrom(0, 1, 2, -1, most, most - 1, -most),
  blob: fc.constantFrom(...blobs),
  limit: fc.integer({ min: 1, max: 6 }),
};
const state = fc.oneof(fc.constantFrom(...states), values.text);
const SAME = new Set(["tenant", "node_id"]);
const COLUMN_VALUES = { text: "text", integer: "integer", blob: "blob" } as const;

const tableNamedIn = (sql: string): Table =>
  tables.find(({ name }) => sql.startsWith(`SELECT * FROM ${name}`)) as Table;

const printed = (cell: Cell | undefined): string =>
  cell instanceof Uint8Array ? `x${Buffer.from(cell).toString("hex")}` : JSON.stringify(cell);

/** No two rows have the same key, nor the same id where ids are random. */
const areSame = (table: Table) => (left: Row, right: Row) =>
  [table.key, ["key_id"]].some((names) =>
    names.every((name) => name in left && printed(left[name]) === printed(right[name])),
  );

function rowsOf(table: Table): fc.Arbitrary<Row[]> {
  const cells = layoutOf(table).columns.map(({ name, type, isOptional }) => {
    const value = name === "state" ? state : values[SAME.has(name) ? "tenant" : COLUMN_VALUES[type]];
    return [name, isOptional ? fc.option(value) : value] as const;
  });
  const row: fc.Arbitrary<Row> = fc.record(Object.fromEntries(cells), { noNullPrototype: true });
  return fc.uniqueArray(row, { maxLength: 25, comparator: areSame(table) });
}

/** In their order where they have one, else in any; what a limit leaves of these is up to the back end. */
async function answers(
  storage: SqliteStorage | PostgresStorage,
  sql: string,
  parameters: readonly Cell[],
): Promise<readonly string[]> {
  const isOrdered = sql.includes("ORDER BY");
  const table = tableNamedIn(sql);
  const print = ({ row, rev, seq }: StoredRow): string => [...Object.values(row), rev, seq].map(printed).join();
  if (isOrdered) return (await storage.rows(table, sql, parameters)).map(print);
  const unlimited = sql.replace(/ LIMIT (\?|\d+)$/, "");
  const all = await storage.rows(table, unlimited, parameters.slice(0, unlimited.split("?").length - 1));
  const some = await storage.rows(table, sql, parameters);
  expect(all.map(print)).toEqual(expect.arrayContaining(some.map(print)));
  return [String(some.length), ...all.map(print).sort()];
}

describe("the SQL of slices", () => {
  let postgres: PreparedDatabase;
  let sqlite: DatabaseSync;
  let onPostgres: PostgresStorage;
  let onSqlite: SqliteStorage;
  beforeAll(async () => {
    postgres = await prepareDatabase(tables);
    const pool = createPool(postgres.settings);
    onPostgres = new PostgresStorage(new PoolReads(pool), STATE_KEY);
    const folder = mkdtempSync(join(tmpdir(), "holdfast-sql-"));
    sqlite = openWriteConnection(join(folder, "holdfast.db"));
    for (const table of tables) sqlite.exec(layoutOf(table).createTable);
    onSqlite = new SqliteStorage(join(folder, "holdfast.db"), STATE_KEY);
    return async () => {
      onSqlite.close();
      sqlite.close();
      rmSync(folder, { recursive: true });
      await pool.end();
      await postgres.drop();
    };
  });

  async function fill(table: Table, rows: readonly Row[]): Promise<void> {
    await postgres.client.query(`DELETE FROM "${table.name}"`);
    sqlite.exec(`BEGIN; DELETE FROM "${table.name}"`);
    for (const [seq, row] of rows.entries()) {
      const cells = storedCells(table, row, seq);
      sqlite.prepare(layoutOf(table).insert).run(...cells);
      await postgres.client.query(numberPlaceholders(layoutOf(table).insert), [...cells]);
    }
    sqlite.exec("COMMIT");
  }

  const cases = statements.map(([sql, ...parameters]) => ({ sql, parameters }));
  it.each(cases)("answers the same on SQLite and on PostgreSQL: $sql", async ({ sql, parameters }) => {
    const table = tableNamedIn(sql);
    const given = fc.tuple(...parameters.map((parameter) => values[parameter]));
    let found = 0;
    await fc.assert(
      fc.asyncProperty(rowsOf(table), fc.array(given, { minLength: 5, maxLength: 20 }), async (rows, asked) => {
        await fill(table, rows);
        for (const cells of asked) {
          const expected = await answers(onSqlite, sql, cells);
          expect(await answers(onPostgres, sql, cells)).toEqual(expected);
          found += expected.length;
        }
      }),
      { numRuns: 15 },
    );
    expect(found).toBeGreaterThan(0);
  });

  it("is all in this list", () => {
    const written = ["packages/spine/src", "packages/server/src", "packages/engine/src/gate"]
      .flatMap(sources)
      .filter((path) => !path.includes("/main/"))
      .flatMap((path) => readFileSync(path, "utf8").match(/SELECT \* FROM [^"`]+/g) ?? []);
    const known = statements.map(([sql]) => spaced(sql));
    expect(written.length).toBeGreaterThan(15);
    const unlisted = written.filter((text) => !known.some((sql) => patternOf(text).test(sql)));
    const unwritten = known.filter((sql) => !written.some((text) => patternOf(text).test(sql)));
    expect({ unlisted, unwritten }).toEqual({ unlisted: [], unwritten: [] });
  });
});

const spaced = (sql: string): string => sql.replaceAll(/\s+/g, " ").trim();

/** What a template may become: a name, or a number, in each of its places. */
const patternOf = (text: string): RegExp =>
  new RegExp(
    `^${spaced(text)
      .split(/\$\{[^}]*\}/)
      .map((part) => RegExp.escape(part))
      .join("\\w+")}$`,
  );

const sources = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /(?<!\.test|\.fixture)\.ts$/.test(name))
    .map((name) => join(folder, name));
