import type { Cell, Row, Table, VerifierModule } from "@holdfast/engine";
import {
  type Layout,
  layoutOf,
  type LedgerBlock,
  type OpenSnapshot,
  type RawRow,
  type Snapshot,
  withoutVersion,
} from "@holdfast/engine/back-end";
import type { EntryFields } from "@holdfast/kernel/entry";
import { KernelError } from "@holdfast/kernel/errors";
import type { Client } from "pg";
import { binaryArray } from "./binary-array.ts";
import { connect } from "./connect.ts";
import { sqlStateOf } from "./database-error.ts";
import { PostgresLedgerReader } from "./ledger-reader.ts";
import { nameOf } from "./placeholders.ts";
import { rowsOf } from "./pool-reads.ts";
import type { PostgresSettings } from "./settings.ts";
import { batchSql, countSql, INDEXED, PLACE, rowsSql } from "./snapshot-sql.ts";

/** What a verification's thread is told to read the database of these settings. */
export const postgresSource = (settings: PostgresSettings): VerifierModule => ({
  module: import.meta.url,
  data: settings,
});

/** Opens a connection of its own; when frozen, everything is read in one transaction that writes nothing. */
export const openSnapshot: OpenSnapshot = async (data, isFrozen) => {
  const client = await connect(data as PostgresSettings, "snapshot");
  try {
    if (isFrozen) await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    return new PostgresSnapshot(client);
  } catch (error) {
    await client.end();
    throw error;
  }
};

class PostgresSnapshot implements Snapshot {
  readonly ledger: PostgresLedgerReader;
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
    this.ledger = new PostgresLedgerReader(client);
  }

  async rows(table: Table, keys: readonly Row[]): Promise<readonly (RawRow | undefined)[]> {
    const layout = layoutOf(table);
    // No row has a NUL in its key, and PostgreSQL would refuse to look for one.
    const asked = keys.flatMap((key, at) => (hasNul(layout, key) ? [] : [{ key, at }]));
    const cells = layout.key.map(({ name, type }) =>
      binaryArray(
        type,
        asked.map(({ key }) => key[name] as Cell),
      ),
    );
    const places = binaryArray(
      "integer",
      asked.map(({ at }) => at),
    );
    const found = await rowsOf<RawRow>(this.#client, { text: rowsSql(layout), values: [...cells, places] });
    const rows: (RawRow | undefined)[] = keys.map(() => undefined);
    for (const { [PLACE]: at, ...row } of found) rows[at as number] = row;
    return rows;
  }

  /** By key, so that a table is read in short statements, with or without a transaction around them. */
  async *allRows(table: Table): AsyncIterable<readonly RawRow[]> {
    const layout = layoutOf(table);
    let after: readonly Cell[] | undefined;
    for (;;) {
      const query = { text: batchSql(layout, after !== undefined), values: [...(after ?? [])] };
      const batch = await rowsOf<RawRow>(this.#client, query);
      const last = batch.at(-1);
      if (last === undefined) return;
      yield batch;
      after = layout.key.map(({ name }) => last[name] as Cell);
    }
  }

  async indexFault({ start, entries }: LedgerBlock): Promise<string | undefined> {
    const values = [start, start + entries.length];
    const found = await rowsOf<IndexedEntry>(this.#client, { name: nameOf(INDEXED), text: INDEXED, values });
    if (found.length > entries.length) return `Entries ${start} and following have ${found.length} rows.`;
    for (const [at, entry] of entries.entries()) {
      const column = differing(entry, found[at]);
      if (column !== undefined) return `Column ${column} of entry ${entry.seq} is not what its bytes say.`;
    }
    return undefined;
  }

  /**
   * Counts the rows that a scan of the table meets, and those that each of its indexes leads to: a row that an index
   * lost would be verified and never found. It does not see an index that leads to one row twice in place of another,
   * or whose order is broken; for that, whoever runs the database has `amcheck` (bt_index_check, heapallindexed).
   */
  async tableFault(table: Table): Promise<string | undefined> {
    const scanned = await this.#count(table, BY_SCAN, []);
    for (const columns of [table.key, ...(table.indexes ?? [])]) {
      const led = await this.#count(table, BY_INDEX, columns);
      const name = `${table.name} (${columns.join(", ")})`;
      if (led !== scanned) return `The index of ${name} leads to ${led} rows of ${scanned}.`;
    }
    return undefined;
  }

  /** PostgreSQL checks each page that it reads, where data checksums are on, and reports damage as an error. */
  async damage(): Promise<undefined> {
    return undefined;
  }

  /** Internal errors (class XX: damaged data or index), a file that is gone, or a table or column that is. */
  isDamage(cause: unknown): boolean {
    const state = sqlStateOf(cause) ?? "";
    return cause instanceof KernelError || state.startsWith("XX") || MISSING.has(state);
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  async #count(table: Table, plan: Readonly<Record<string, string>>, columns: readonly string[]): Promise<number> {
    await this.#client.query(SET_PLAN, [Object.keys(plan), Object.values(plan)]);
    const [counted] = await rowsOf<{ rows: number }>(this.#client, { text: countSql(table, columns) });
    await this.#client.query(SET_PLAN, [Object.keys(plan), Object.keys(plan).map(() => "on")]);
    return counted?.rows ?? 0;
  }
}

const MISSING = new Set(["42P01", "42703", "58P01"]);

/** Of the settings that the server has: one that plans in another way has none of them. */
const SET_PLAN = `SELECT set_config(name, value, false) FROM unnest($1::text[], $2::text[]) AS plan (name, value)
  JOIN pg_settings USING (name)`;
const BY_SCAN = { enable_indexscan: "off", enable_indexonlyscan: "off", enable_bitmapscan: "off" };
const BY_INDEX = { enable_seqscan: "off", enable_sort: "off", enable_bitmapscan: "off" };

const hasNul = ({ key }: Layout, row: Row): boolean => key.some(({ name }) => String(row[name]).includes("\0"));

type Indexed = Pick<EntryFields, "tenant" | "actor" | "action" | "resource" | "outcome">;
type IndexedEntry = Indexed & { readonly seq: number; readonly ms: string };

/** The first column by which a query would miss the entry, or find it where it does not belong. */
function differing(entry: EntryFields, found: IndexedEntry | undefined): string | undefined {
  const expected: Indexed = { ...entry, resource: withoutVersion(entry.resource) };
  if (found?.seq !== entry.seq) return "seq";
  if (Number(found.ms) !== Date.parse(entry.time)) return "time";
  return INDEX_COLUMNS.find((column) => found[column] !== expected[column]);
}

const INDEX_COLUMNS = ["tenant", "actor", "action", "resource", "outcome"] as const;
