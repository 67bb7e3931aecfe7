import type { DatabaseSync } from "node:sqlite";
import { concat, EMPTY_BYTES } from "@holdfast/kernel/bytes";
import type { SignedHead } from "@holdfast/kernel/head";
import { leafHash, TILE_WIDTH, type TileReader } from "@holdfast/kernel/merkle";
import { sha256 } from "../crypto.ts";
import type { StoredCheckpoint, StoredEntry, StoredRecord } from "../ledger/ledger-reader.ts";
import { StatementCache } from "./statement-cache.ts";

export interface StoredFilter {
  readonly block: number;
  readonly bits: Uint8Array;
}

/** Reads the ledger's own tables over any connection; what it gives has not been verified. */
export class LedgerStore {
  readonly #statements: StatementCache;

  constructor(database: DatabaseSync) {
    this.#statements = new StatementCache(database);
  }

  /** Undefined in a database that was never initialised. */
  head(): SignedHead | undefined {
    const sql = "SELECT origin, size, chain, root, epoch, signature FROM head WHERE id = 0";
    const row = this.#statements.get(sql).get();
    return row === undefined ? undefined : ({ ...row } as unknown as SignedHead);
  }

  /** Number of entries, by the newest that is stored. */
  size(): number {
    const newest = this.#statements.get("SELECT max(seq) AS seq FROM entries").get()?.["seq"];
    return typeof newest === "number" ? newest + 1 : 0;
  }

  entry(seq: number): Uint8Array | undefined {
    return this.#statements.get("SELECT bytes FROM entries WHERE seq = ?").get(seq)?.["bytes"] as
      | Uint8Array
      | undefined;
  }

  /** Entries [start, end) in order. */
  entries(start: number, end: number): readonly StoredEntry[] {
    const sql = "SELECT seq, bytes FROM entries WHERE seq >= ? AND seq < ? ORDER BY seq";
    return this.#statements.get(sql).all(start, end) as unknown as StoredEntry[];
  }

  record(seq: number): StoredRecord | undefined {
    return this.records(seq, seq + 1)[0];
  }

  /** Entries [start, end) in order, with their payloads. */
  records(start: number, end: number): readonly StoredRecord[] {
    const sql = "SELECT seq, bytes, payload FROM entries WHERE seq >= ? AND seq < ? ORDER BY seq";
    return this.#statements.get(sql).all(start, end) as unknown as StoredRecord[];
  }

  /** The newest persisted checkpoint. */
  checkpoint(): StoredCheckpoint | undefined {
    return this.checkpoints(1)[0];
  }

  /** Persisted checkpoints, newest first. */
  checkpoints(limit: number): readonly StoredCheckpoint[] {
    const sql = "SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT ?";
    return this.#statements.get(sql).all(limit) as unknown as StoredCheckpoint[];
  }

  /** Filters of complete blocks [start, end), newest first. */
  filters(start: number, end: number): readonly StoredFilter[] {
    const sql = "SELECT block, bits FROM entry_filters WHERE block >= ? AND block < ? ORDER BY block DESC";
    return this.#statements.get(sql).all(start, end) as unknown as StoredFilter[];
  }

  /** Tiles as they are stored. The open tile of level 0 is not: its hashes are those of its entries. */
  readonly readTile: TileReader = (level, index) => {
    const sql = "SELECT hashes FROM tiles WHERE level = ? AND idx = ?";
    const hashes = this.#statements.get(sql).get(level, index)?.["hashes"] as Uint8Array | undefined;
    return hashes ?? (level === 0 ? this.#leaves(index * TILE_WIDTH) : EMPTY_BYTES);
  };

  #leaves(start: number): Uint8Array {
    return concat(...this.entries(start, start + TILE_WIDTH).map(({ bytes }) => leafHash(sha256, bytes)));
  }
}
