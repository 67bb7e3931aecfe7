import type { Reads, StoredRow } from "../operation.ts";
import type { Committer, Storage } from "../storage.ts";
import type { Row, Table } from "../table.ts";
import type { FootprintCache } from "./footprint-cache.ts";

/** The reads of one planning attempt; `keys` is its footprint. */
export class PlanReads implements Reads {
  readonly keys: string[] = [];
  readonly #cache: FootprintCache;
  readonly #storage: Storage;
  readonly #committer: Committer;

  constructor(cache: FootprintCache, storage: Storage, committer: Committer) {
    this.#cache = cache;
    this.#storage = storage;
    this.#committer = committer;
  }

  touch(footprint: string): void {
    if (!this.keys.includes(footprint)) this.keys.push(footprint);
  }

  cached<T>(footprint: string, load: () => T | Promise<T>): T | Promise<T> {
    this.touch(footprint);
    return this.#cache.through(footprint, load);
  }

  row(table: Table, key: Row): StoredRow | undefined | Promise<StoredRow | undefined> {
    return this.#storage.row(table, key);
  }

  pending(table: Table, key: Row): StoredRow | undefined | Promise<StoredRow | undefined> {
    const queued = this.#committer.pending(table, key);
    if (queued === null) return undefined;
    return queued === undefined ? this.#storage.row(table, key) : { ...queued, seq: this.#committer.position };
  }

  rows(
    table: Table,
    sql: string,
    parameters: readonly (string | number | Uint8Array | null)[],
  ): readonly StoredRow[] | Promise<readonly StoredRow[]> {
    return this.#storage.rows(table, sql, parameters);
  }
}
