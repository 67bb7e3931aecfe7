import type { DatabaseSync } from "node:sqlite";
import { equal } from "@holdfast/kernel/bytes";
import { layoutOf } from "../committer/layout.ts";
import type { RawRow } from "../committer/row.ts";
import type { LedgerBlock, OpenSnapshot, Snapshot } from "../ledger/snapshot.ts";
import type { VerifierModule } from "../ledger/verify-thread.ts";
import type { Cell, Row, Table } from "../table.ts";
import { isDamage, openReadConnection } from "./connection.ts";
import { addTerms, BLOCK_ENTRIES, filterOf } from "./entry-filter.ts";
import { SqliteLedgerReader } from "./ledger-reader.ts";
import { LedgerStore } from "./ledger-store.ts";
import { StatementCache } from "./statement-cache.ts";
import { indexFault } from "./verify-indexes.ts";

/** Each row may hold a value of a megabyte. */
const ROWS_PER_BATCH = 64;

/** This module, by the name under which a bundle has it as well. */
const MODULE = new URL("open-snapshot.ts", import.meta.url).href;

/** What a verification's thread is told to read the database at `path`. */
export const sqliteSource = (path: string): VerifierModule => ({ module: MODULE, data: { path } });

/** Opens the database at `data.path` to read it; see OpenSnapshot. */
export const openSnapshot: OpenSnapshot = async (data, isFrozen) => {
  const { path } = data as { readonly path: string };
  return new SqliteSnapshot(openReadConnection(path), isFrozen);
};

class SqliteSnapshot implements Snapshot {
  readonly ledger: SqliteLedgerReader;
  readonly #database: DatabaseSync;
  readonly #store: LedgerStore;
  readonly #statements: StatementCache;

  /** Takes over the connection. */
  constructor(database: DatabaseSync, isFrozen: boolean) {
    this.ledger = new SqliteLedgerReader(database);
    this.#database = database;
    this.#store = new LedgerStore(database);
    this.#statements = new StatementCache(database);
    if (isFrozen) database.exec("BEGIN");
  }

  async rows(table: Table, keys: readonly Row[]): Promise<readonly (RawRow | undefined)[]> {
    const layout = layoutOf(table);
    const statement = this.#statements.get(layout.select);
    return keys.map((key) => statement.get(...layout.key.map(({ name }) => key[name] as Cell)));
  }

  async *allRows(table: Table): AsyncGenerator<readonly RawRow[]> {
    let batch: RawRow[] = [];
    for (const row of this.#statements.get(`SELECT * FROM "${table.name}"`).iterate()) {
      batch.push(row);
      if (batch.length < ROWS_PER_BATCH) continue;
      yield batch;
      batch = [];
    }
    yield batch;
  }

  /** The filter of a complete block; one that lacks a term would hide entries, and the open block has none. */
  async indexFault({ entries, start }: LedgerBlock): Promise<string | undefined> {
    if (entries.length < BLOCK_ENTRIES) return undefined;
    const terms = new Set<string>();
    for (const entry of entries) addTerms(terms, entry);
    const block = start / BLOCK_ENTRIES;
    const [stored] = this.#store.filters(block, block + 1);
    if (stored !== undefined && equal(stored.bits, filterOf(terms))) return undefined;
    return `The filter of entries ${start} to ${start + BLOCK_ENTRIES - 1} is not theirs.`;
  }

  async tableFault(table: Table): Promise<string | undefined> {
    return indexFault(this.#database, table);
  }

  async damage(): Promise<string | undefined> {
    const found = this.#database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
    return found === "ok" ? undefined : String(found);
  }

  isDamage(cause: unknown): boolean {
    return isDamage(cause);
  }

  async close(): Promise<void> {
    this.#database.close();
  }
}
