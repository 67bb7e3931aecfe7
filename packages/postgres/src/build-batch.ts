import { blake3, sha256 } from "@holdfast/engine/crypto";
import { type Miss, missBefore, withoutVersion, type WriterSubmission } from "@holdfast/engine/back-end";
import { toHex } from "@holdfast/kernel/bytes";
import type { Signer } from "@holdfast/kernel/crypto";
import { encodeEntry, entryHash } from "@holdfast/kernel/entry";
import { KernelError } from "@holdfast/kernel/errors";
import { signHead } from "@holdfast/kernel/head";
import { leafHash } from "@holdfast/kernel/merkle";
import type { Tile, Tree } from "@holdfast/kernel/tiles";
import type { NewBatch, NewEntry } from "./commit-statement.ts";
import { feedMac } from "./feed-mac.ts";
import { type FoundRevs, RowChanges } from "./row-changes.ts";
import type { Position, Tip } from "./tip.ts";
import { unfitReason } from "./unfit.ts";

/** What a batch is built with, besides its submissions. */
export interface Builder {
  readonly signer: Signer;
  readonly stateKey: Uint8Array;
  readonly node: string;
  readonly isNotified: boolean;
}

/** A batch as it would stand on a tip, and the submissions that are not part of it. */
export interface BuiltBatch {
  readonly misses: readonly Miss[];
  /** Undefined when every submission is a miss. */
  readonly batch: NewBatch | undefined;
  /** The tip once the batch stands. */
  readonly tip: Tip;
  /** Keys of the rows, in the order in which a commit calls them. */
  readonly rowKeys: readonly string[];
}

/** What attempts on the same batch have found out. */
export interface Findings {
  /** Row versions at the tip, of rows that were not as expected. */
  readonly found: FoundRevs;
  /** Submissions that conflict for good. */
  readonly conflicts: ReadonlyMap<number, Miss>;
}

/**
 * Judges every submission against the footprints of all that was committed before, and makes entries, tree and head of
 * those that hold.
 */
export function buildBatch(
  builder: Builder,
  { tip, window }: Position,
  submissions: readonly WriterSubmission[],
  { found, conflicts }: Findings,
  nowMs: number,
): BuiltBatch {
  const draft = new Draft(builder, tip, found, nowMs);
  const misses: Miss[] = [];
  const missed = new Set<number>();
  for (const [index, submission] of submissions.entries()) {
    const key = window.changedSince(submission.reads, submission.seen);
    const miss =
      conflicts.get(index) ??
      (key === undefined ? missBefore(submission, index, missed) : overtaken(index, key)) ??
      draft.add(submission, index);
    if (miss === undefined) continue;
    misses.push(miss);
    missed.add(index);
  }
  return draft.finish(misses);
}

const overtaken = (index: number, key: string): Miss => ({ index, status: "overtaken", key });

class Draft {
  readonly #builder: Builder;
  readonly #before: Tip;
  readonly #timeMs: number;
  readonly #time: string;
  readonly #tree: Tree;
  readonly #rows: RowChanges;
  readonly #entries: NewEntry[] = [];
  readonly #writes = new Set<string>();
  #chain: string;

  constructor(builder: Builder, tip: Tip, found: FoundRevs, nowMs: number) {
    this.#builder = builder;
    this.#before = tip;
    this.#timeMs = Math.max(nowMs, tip.timeMs);
    this.#time = new Date(this.#timeMs).toISOString();
    this.#tree = tip.tree.copy();
    this.#rows = new RowChanges(builder.stateKey, found);
    this.#chain = tip.head.chain;
  }

  add(submission: WriterSubmission, index: number): Miss | undefined {
    const reason = unfitReason(submission.changes);
    if (reason !== undefined) return { index, status: "refused", reason };
    const seq = this.#tree.size;
    const bytes = this.#encode(submission, seq);
    if (typeof bytes === "string") return { index, status: "refused", reason: bytes };
    const table = this.#rows.add(submission.changes, seq);
    if (table !== undefined) return { index, status: "conflict", table };
    const { tenant, actor, action, resource, outcome } = submission.entry;
    const payload = submission.sealed;
    this.#entries.push({ bytes, payload, tenant, actor, action, resource: withoutVersion(resource), outcome });
    this.#chain = toHex(entryHash(blake3, bytes));
    this.#tree.append(leafHash(sha256, bytes));
    for (const key of submission.writes) this.#writes.add(key);
    return undefined;
  }

  /** An entry that cannot be encoded is its sender's fault and must not take the batch with it. */
  #encode(submission: WriterSubmission, seq: number): Uint8Array | string {
    const commitment = toHex(submission.commitment);
    try {
      return encodeEntry({ v: 1, seq, time: this.#time, ...submission.entry, commitment, prev: this.#chain });
    } catch (error) {
      if (error instanceof KernelError) return error.message;
      throw error;
    }
  }

  finish(misses: readonly Miss[]): BuiltBatch {
    const { exists, head: before, checkpoint } = this.#before;
    if (this.#entries.length === 0) return { misses, batch: undefined, tip: this.#before, rowKeys: [] };
    const { signer, stateKey, node, isNotified } = this.#builder;
    const size = this.#tree.size;
    const head = signHead(signer, { ...before, size, chain: this.#chain, root: toHex(this.#tree.root()) });
    const writes = [...this.#writes];
    const firstSeq = exists ? before.size : 0;
    const batch: NewBatch = {
      before: exists ? before : undefined,
      head,
      entries: this.#entries,
      time: this.#time,
      tiles: tilesOf(this.#tree),
      rows: this.#rows.changes,
      writes,
      mac: feedMac(stateKey, { firstSeq, nextSeq: size, writes }),
      node,
      isNotified,
    };
    const tip = { exists: true, head, tree: this.#tree, timeMs: this.#timeMs, checkpoint };
    return { misses, batch, tip, rowKeys: this.#rows.keys };
  }
}

/** Level 0 is stored when a tile is full; the open tiles above it change with it. */
function tilesOf(tree: Tree): readonly Tile[] {
  const completed = tree.takeCompletedTiles();
  return completed.length === 0 ? [] : [...completed, ...tree.partialTiles().filter(({ level }) => level > 0)];
}
