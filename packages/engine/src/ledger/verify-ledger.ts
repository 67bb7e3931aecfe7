import { equal, toHex } from "@holdfast/kernel/bytes";
import { type Checkpoint, openCheckpoint } from "@holdfast/kernel/checkpoint";
import { type EntryFields, parseEntry } from "@holdfast/kernel/entry";
import { type SignedHead, verifyHead } from "@holdfast/kernel/head";
import { verifierKeyOf } from "@holdfast/kernel/note";
import { loadTree } from "@holdfast/kernel/tiles";
import { type Anchor, anchorOfHead, LedgerVerifier } from "@holdfast/kernel/verifier";
import { blake3, sha256, verifySignature } from "../crypto.ts";
import { firstChanged } from "./blame.ts";
import { addTerms, BLOCK_ENTRIES, filterOf } from "../sqlite/entry-filter.ts";
import type { LedgerStore } from "../sqlite/ledger-store.ts";
import { firstBadTile } from "./verify-tiles.ts";
import type { StoredRecord } from "./ledger-reader.ts";

const MAX_CHECKPOINTS = 1_024;

export interface LedgerIdentity {
  readonly origin: string;
  /** Ed25519 key of the log. */
  readonly publicKey: Uint8Array;
}

export interface BadEntry {
  /** The first entry that does not hold, or that what does not hold begins with. */
  readonly seq: number;
  readonly reason: string;
}

export interface LedgerVerdict {
  readonly size: number;
  /** Hexadecimal root over the entries, of the signed head. */
  readonly root: string;
  readonly firstBad?: BadEntry;
}

/** Told of every entry that holds, in order; a state check reads the payloads along. */
export type OnRecord = (record: StoredRecord, entry: EntryFields) => void | Promise<void>;

/**
 * Checks the whole ledger as it stands at its head: signature, each entry (form, order, chain, time), root, tiles,
 * every checkpoint that is kept, and the filters that queries rely on. Reads a block at a time.
 */
export async function verifyLedger(
  store: LedgerStore,
  identity: LedgerIdentity,
  known: readonly Anchor[],
  onRecord: OnRecord | undefined,
  onProgress: (verified: number, size: number) => void,
): Promise<LedgerVerdict> {
  const head = store.head();
  if (head === undefined || !verifyHead(verifySignature, identity.publicKey, identity.origin, head)) {
    return { size: 0, root: "", firstBad: { seq: 0, reason: "head_not_signed" } };
  }
  const firstBad =
    (await firstBadEntry(store, head, known, onRecord, onProgress)) ??
    badTile(store, head) ??
    badCheckpoint(store, identity, head);
  const verdict = { size: head.size, root: head.root };
  return firstBad === undefined ? verdict : { ...verdict, firstBad };
}

async function firstBadEntry(
  store: LedgerStore,
  head: SignedHead,
  known: readonly Anchor[],
  onRecord: OnRecord | undefined,
  onProgress: (verified: number, size: number) => void,
): Promise<BadEntry | undefined> {
  const verifier = new LedgerVerifier({ sha256, blake3 }, head.origin, [anchorOfHead(head), ...known]);
  for (let start = 0; start < head.size; start += BLOCK_ENTRIES) {
    const records = store.records(start, Math.min(head.size, start + BLOCK_ENTRIES));
    const terms = new Set<string>();
    for (const record of records) {
      const bad = verifier.push(record.bytes);
      if (bad !== undefined) return blamed(store, head, bad);
      const entry = parseEntry(record.bytes);
      addTerms(terms, entry);
      await onRecord?.(record, entry);
    }
    const isComplete = records.length === BLOCK_ENTRIES;
    if (isComplete && !filterHolds(store, start / BLOCK_ENTRIES, terms))
      return { seq: start, reason: "filter_mismatch" };
    onProgress(start + records.length, head.size);
    // Lets messages in: a verification can be stopped.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const verdict = verifier.finish();
  return verdict.ok ? undefined : { seq: verdict.seq, reason: verdict.reason };
}

/** Form and order speak for themselves; a broken chain or a wrong root only says that something before it was changed. */
function blamed(store: LedgerStore, head: SignedHead, { seq, reason }: BadEntry): BadEntry {
  const isChainBroken = reason === "broken_chain";
  if (!isChainBroken && reason !== "chain_mismatch" && reason !== "root_mismatch") return { seq, reason };
  return { seq: firstChanged(store, head, seq, isChainBroken), reason };
}

/** A filter that lacks a term would hide entries from queries. */
function filterHolds(store: LedgerStore, block: number, terms: ReadonlySet<string>): boolean {
  const [stored] = store.filters(block, block + 1);
  return stored !== undefined && equal(stored.bits, filterOf(terms));
}

function badTile(store: LedgerStore, head: SignedHead): BadEntry | undefined {
  const seq = firstBadTile(store, head.size, head.root);
  return seq === undefined ? undefined : { seq, reason: "tile_mismatch" };
}

/** The tiles hold, so that each checkpoint's root can be taken from them. */
function badCheckpoint(store: LedgerStore, identity: LedgerIdentity, head: SignedHead): BadEntry | undefined {
  for (const { note, size } of store.checkpoints(MAX_CHECKPOINTS)) {
    const checkpoint = opened(note, identity);
    const holds =
      checkpoint !== undefined &&
      checkpoint.size === size &&
      size <= head.size &&
      toHex(checkpoint.root) === toHex(loadTree(sha256, size, store.readTile).root());
    if (!holds) return { seq: Math.max(0, Math.min(size, head.size) - 1), reason: "checkpoint_mismatch" };
  }
  return undefined;
}

function opened(note: string, { origin, publicKey }: LedgerIdentity): Checkpoint | undefined {
  try {
    return openCheckpoint(note, verifierKeyOf(sha256, origin, publicKey), verifySignature);
  } catch {
    return undefined;
  }
}
