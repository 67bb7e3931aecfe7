import type { DatabaseSync } from "node:sqlite";
import { addTerms, BLOCK_ENTRIES, filterOf } from "@holdfast/engine/sqlite-file";
import { parseEntry } from "@holdfast/kernel/entry";

/** Makes the filters of complete blocks from entries that are added in order, from wherever the database ends. */
export class BlockFilters {
  readonly #database: DatabaseSync;
  #size: number;
  #terms = new Set<string>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#size = Number(database.prepare("SELECT coalesce(max(seq) + 1, 0) AS size FROM entries").get()?.["size"]);
    const open = database.prepare("SELECT bytes FROM entries WHERE seq >= ? ORDER BY seq");
    for (const row of open.iterate(this.#size - (this.#size % BLOCK_ENTRIES))) this.#addTerms(row["bytes"]);
  }

  /** Inside the caller's transaction. */
  add(entry: unknown): void {
    this.#addTerms(entry);
    this.#size++;
    if (this.#size % BLOCK_ENTRIES !== 0) return;
    this.#database
      .prepare("INSERT INTO entry_filters (block, bits) VALUES (?, ?)")
      .run(this.#size / BLOCK_ENTRIES - 1, filterOf(this.#terms));
    this.#terms = new Set();
  }

  #addTerms(entry: unknown): void {
    addTerms(this.#terms, parseEntry(entry as Uint8Array));
  }
}
