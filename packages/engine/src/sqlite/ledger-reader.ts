import type { DatabaseSync } from "node:sqlite";
import type { SignedHead } from "@holdfast/kernel/head";
import type {
  LedgerPage,
  LedgerQuery,
  LedgerReader,
  StoredCheckpoint,
  StoredEntry,
  StoredRecord,
  TileName,
} from "../ledger/ledger-reader.ts";
import { LedgerStore } from "./ledger-store.ts";
import { queryLedger } from "./query.ts";

/** The ledger over any SQLite connection; it answers at once, what it throws is a rejection like any other. */
export class SqliteLedgerReader implements LedgerReader {
  readonly #store: LedgerStore;

  constructor(database: DatabaseSync) {
    this.#store = new LedgerStore(database);
  }

  async head(): Promise<SignedHead | undefined> {
    return this.#store.head();
  }

  async size(): Promise<number> {
    return this.#store.size();
  }

  async entry(seq: number): Promise<Uint8Array | undefined> {
    return this.#store.entry(seq);
  }

  async entries(start: number, end: number): Promise<readonly StoredEntry[]> {
    return this.#store.entries(start, end);
  }

  async records(start: number, end: number): Promise<readonly StoredRecord[]> {
    return this.#store.records(start, end);
  }

  async recordsAt(seqs: readonly number[]): Promise<readonly (StoredRecord | undefined)[]> {
    return seqs.map((seq) => this.#store.record(seq));
  }

  async checkpoints(limit: number): Promise<readonly StoredCheckpoint[]> {
    return this.#store.checkpoints(limit);
  }

  async tiles(names: readonly TileName[]): Promise<readonly Uint8Array[]> {
    return names.map(({ level, index }) => this.#store.readTile(level, index));
  }

  async find(query: LedgerQuery): Promise<LedgerPage> {
    return queryLedger(this.#store, query);
  }
}
