import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import pg from "pg";
import { onTestFinished } from "vitest";
import type { TestServer } from "./server.ts";

type Row = Readonly<Record<string, unknown>>;

/** What a server keeps, reached past it, as whoever owns the database may. Until the test ends. */
export interface Rows {
  /** Every row of a query; its placeholders are bare `?`. */
  read(query: string, ...values: readonly string[]): Promise<readonly Row[]>;
  /** How many rows a statement changed. */
  change(statement: string, ...values: readonly (string | number)[]): Promise<number>;
  /** From here on no server can record anything. */
  hold(): Promise<void>;
  release(): Promise<void>;
  /** All that is stored, as it is stored. */
  bytes(): Promise<Buffer>;
}

/** Opens the database of a server, whichever back end it is on. */
export async function rowsOf({ dataDir, storage }: TestServer): Promise<Rows> {
  const url = storage["HOLDFAST_STORAGE_URL"];
  return url === undefined ? sqliteRows(join(dataDir, "holdfast.db")) : postgresRows(url);
}

function sqliteRows(path: string): Rows {
  const database = new DatabaseSync(path);
  onTestFinished(() => database.close());
  return {
    read: async (query, ...values) => database.prepare(query).all(...values),
    change: async (statement, ...values) => Number(database.prepare(statement).run(...values).changes),
    hold: async () => database.exec("BEGIN IMMEDIATE"),
    release: async () => database.exec("ROLLBACK"),
    bytes: async () => Buffer.concat([readFileSync(path), readFileSync(`${path}-wal`)]),
  };
}

async function postgresRows(url: string): Promise<Rows> {
  const client = new pg.Client(url);
  await client.connect();
  onTestFinished(() => client.end());
  await client.query("SET search_path TO holdfast");
  const run = (statement: string, values: readonly unknown[] = []) => {
    let count = 0;
    return client.query<Row>(
      statement.replaceAll("?", () => `$${(count += 1)}`),
      [...values],
    );
  };
  return {
    read: async (query, ...values) => (await run(query, values)).rows,
    change: async (statement, ...values) => (await run(statement, values)).rowCount ?? 0,
    async hold() {
      await run("BEGIN");
      await run("LOCK TABLE head IN EXCLUSIVE MODE"); // readers of it go on
    },
    release: async () => void (await run("ROLLBACK")),
    async bytes() {
      const { rows: tables } = await run("SELECT tablename FROM pg_tables WHERE schemaname = 'holdfast'");
      const parts: Buffer[] = [];
      for (const { tablename } of tables) {
        const { rows } = await run(`SELECT * FROM ${String(tablename)}`);
        for (const row of rows) parts.push(...Object.values(row).map(bytesOf));
      }
      return Buffer.concat(parts);
    },
  };
}

function bytesOf(value: unknown): Buffer {
  return Buffer.isBuffer(value) ? value : Buffer.from(`${JSON.stringify(value)}\n`);
}
