import { parseEntry } from "@holdfast/kernel/entry";
import { type SignedHead, verifyHead } from "@holdfast/kernel/head";
import { type Anchor, anchorOfHead, LedgerVerifier } from "@holdfast/kernel/verifier";
import { blake3, sha256, verifySignature } from "../crypto.ts";
import { firstChanged } from "./blame.ts";
import type { LedgerReader, StoredCheckpoint, StoredRecord } from "./ledger-reader.ts";
import { BLOCK_ENTRIES, readBlocks } from "./read-blocks.ts";
import type { LedgerBlock, Snapshot } from "./snapshot.ts";
import { firstBadCheckpoint } from "./verify-checkpoints.ts";
import { firstBadTile } from "./verify-tiles.ts";

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

/** Told of every block that holds, in order; a state check reads the payloads along. */
export type OnBlock = (block: LedgerBlock) => Promise<void>;

/**
 * Checks the whole ledger as it stands at its head: signature, each entry (form, order, chain, time), root, tiles,
 * every checkpoint that is kept, and the indexes that queries rely on. Reads a block at a time.
 */
export async function verifyLedger(
  snapshot: Snapshot,
  identity: LedgerIdentity,
  known: readonly Anchor[],
  onBlock: OnBlock | undefined,
  onProgress: (verified: number, size: number) => void,
): Promise<LedgerVerdict> {
  const { ledger } = snapshot;
  // Before the head: a ledger that grows meanwhile must not show a checkpoint beyond it.
  const checkpoints = await ledger.checkpoints(MAX_CHECKPOINTS);
  const head = await ledger.head();
  if (head === undefined || !verifyHead(verifySignature, identity.publicKey, identity.origin, head)) {
    return { size: 0, root: "", firstBad: { seq: 0, reason: "head_not_signed" } };
  }
  const firstBad =
    (await firstBadEntry(snapshot, head, known, onBlock, onProgress)) ??
    (await badTile(ledger, head)) ??
    (await badCheckpoint(ledger, identity, head, checkpoints));
  const verdict = { size: head.size, root: head.root };
  return firstBad === undefined ? verdict : { ...verdict, firstBad };
}

async function firstBadEntry(
  snapshot: Snapshot,
  head: SignedHead,
  known: readonly Anchor[],
  onBlock: OnBlock | undefined,
  onProgress: (verified: number, size: number) => void,
): Promise<BadEntry | undefined> {
  const verifier = new LedgerVerifier({ sha256, blake3 }, head.origin, [anchorOfHead(head), ...known]);
  let start = 0;
  for await (const records of readBlocks(snapshot.ledger, head.size)) {
    const bad = pushAll(verifier, records);
    if (bad !== undefined) return blamed(snapshot.ledger, head, bad);
    const block = { start, records, entries: records.map(({ bytes }) => parseEntry(bytes)) };
    if ((await snapshot.indexFault(block)) !== undefined) return { seq: start, reason: "filter_mismatch" };
    await onBlock?.(block);
    onProgress(start + records.length, head.size);
    start += BLOCK_ENTRIES;
    // Lets messages in: a verification can be stopped.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const verdict = verifier.finish();
  return verdict.ok ? undefined : { seq: verdict.seq, reason: verdict.reason };
}

function pushAll(verifier: LedgerVerifier, records: readonly StoredRecord[]): BadEntry | undefined {
  for (const { bytes } of records) {
    const bad = verifier.push(bytes);
    if (bad !== undefined) return bad;
  }
  return undefined;
}

/** Form and order speak for themselves; a broken chain or a wrong root only says that something before it was changed. */
async function blamed(ledger: LedgerReader, head: SignedHead, { seq, reason }: BadEntry): Promise<BadEntry> {
  const isChainBroken = reason === "broken_chain";
  if (!isChainBroken && reason !== "chain_mismatch" && reason !== "root_mismatch") return { seq, reason };
  return { seq: await firstChanged(ledger, head, seq, isChainBroken), reason };
}

async function badTile(ledger: LedgerReader, head: SignedHead): Promise<BadEntry | undefined> {
  const seq = await firstBadTile(ledger, head.size, head.root);
  return seq === undefined ? undefined : { seq, reason: "tile_mismatch" };
}

async function badCheckpoint(
  ledger: LedgerReader,
  identity: LedgerIdentity,
  head: SignedHead,
  stored: readonly StoredCheckpoint[],
): Promise<BadEntry | undefined> {
  const size = await firstBadCheckpoint(ledger, identity, head, stored);
  if (size === undefined) return undefined;
  return { seq: Math.max(0, Math.min(size, head.size) - 1), reason: "checkpoint_mismatch" };
}
