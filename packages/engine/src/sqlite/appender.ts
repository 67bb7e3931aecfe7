import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Signer } from "@holdfast/kernel/crypto";
import { encodeEntry, entryHash, parseEntry } from "@holdfast/kernel/entry";
import { type SignedHead, signHead } from "@holdfast/kernel/head";
import { toHex } from "@holdfast/kernel/bytes";
import { blake3, sha256 } from "../crypto.ts";
import { addTerms, BLOCK_ENTRIES, filterOf } from "./entry-filter.ts";
import { LedgerStore } from "./ledger-store.ts";
import type { WriterSubmission } from "../committer/pack-batch.ts";
import { leafHash } from "@holdfast/kernel/merkle";
import { loadTree, type Tree } from "@holdfast/kernel/tiles";
import { StorageFault } from "../committer/storage-fault.ts";

/** Appends entries and keeps chain, tree, tiles, filters and the signed head in step with them. */
export class Appender {
  readonly #signer: Signer;
  readonly #insertEntry: StatementSync;
  readonly #insertFilter: StatementSync;
  readonly #putTile: StatementSync;
  readonly #updateHead: StatementSync;
  readonly tree: Tree;
  #head: SignedHead;
  #chain: string;
  #timeMs: number;
  #terms: Set<string>;

  /** Takes up the ledger as the database has it. */
  constructor(database: DatabaseSync, signer: Signer) {
    this.#signer = signer;
    this.#insertEntry = database.prepare("INSERT INTO entries (seq, bytes, payload) VALUES (?, ?, ?)");
    this.#insertFilter = database.prepare("INSERT INTO entry_filters (block, bits) VALUES (?, ?)");
    this.#putTile = database.prepare("INSERT OR REPLACE INTO tiles (level, idx, hashes) VALUES (?, ?, ?)");
    this.#updateHead = database.prepare(
      "UPDATE head SET size = ?, chain = ?, root = ?, epoch = ?, signature = ? WHERE id = 0 AND size = ? AND chain = ?",
    );
    const store = new LedgerStore(database);
    // Recovery has checked that there is one.
    const head = store.head() as SignedHead;
    this.#head = head;
    this.#chain = head.chain;
    this.tree = loadTree(sha256, head.size, store.readTile);
    const block = store.entries(head.size - (head.size % BLOCK_ENTRIES), head.size);
    this.#terms = new Set();
    for (const { bytes } of block) addTerms(this.#terms, parseEntry(bytes));
    this.#timeMs = lastTimeMs(store, head.size);
  }

  get head(): SignedHead {
    return this.#head;
  }

  get size(): number {
    return this.tree.size;
  }

  /** Time of the newest entry: a clock that was set back does not bring it back. */
  get timeMs(): number {
    return this.#timeMs;
  }

  /** Appends one entry; one outside its grammar throws before anything of it is written. */
  append(submission: WriterSubmission, nowMs: number): void {
    const seq = this.tree.size;
    const timeMs = Math.max(nowMs, this.#timeMs);
    const bytes = encodeEntry({
      v: 1,
      seq,
      time: new Date(timeMs).toISOString(),
      ...submission.entry,
      commitment: toHex(submission.commitment),
      prev: this.#chain,
    });
    this.#insertEntry.run(seq, bytes, submission.sealed);
    this.#timeMs = timeMs;
    this.#chain = toHex(entryHash(blake3, bytes));
    this.tree.append(leafHash(sha256, bytes));
    addTerms(this.#terms, submission.entry);
    if (this.tree.size % BLOCK_ENTRIES === 0) this.#completeBlock();
  }

  #completeBlock(): void {
    this.#insertFilter.run(this.tree.size / BLOCK_ENTRIES - 1, filterOf(this.#terms));
    this.#terms = new Set();
  }

  /** Writes tiles and the signed head of a batch; the update is fenced by the head that this writer knows. */
  finish(): void {
    this.#putTiles();
    const before = this.#head;
    const root = toHex(this.tree.root());
    const head = signHead(this.#signer, { ...before, size: this.tree.size, chain: this.#chain, root });
    const { size, chain, epoch, signature } = head;
    const update = this.#updateHead.run(size, chain, root, epoch, signature, before.size, before.chain);
    if (update.changes !== 1) throw new StorageFault("write_failed", "Another writer moved the ledger's head.");
    this.#head = head;
  }

  /** Level 0 is stored when a tile is full; the open tiles above it change with it. */
  #putTiles(): void {
    const completed = this.tree.takeCompletedTiles();
    if (completed.length === 0) return;
    const open = this.tree.partialTiles().filter(({ level }) => level > 0);
    for (const { level, index, hashes } of [...completed, ...open]) this.#putTile.run(level, index, hashes);
  }
}

function lastTimeMs(store: LedgerStore, size: number): number {
  const last = store.entry(size - 1);
  return last === undefined ? 0 : Date.parse(parseEntry(last).time);
}
