import { equal, toHex } from "@holdfast/kernel/bytes";
import { entryHash, parseEntry } from "@holdfast/kernel/entry";
import type { SignedHead } from "@holdfast/kernel/head";
import { HASH_BYTES, leafHash, TILE_WIDTH } from "@holdfast/kernel/merkle";
import { blake3, sha256 } from "../crypto.ts";
import type { LedgerStore } from "../sqlite/ledger-store.ts";

/**
 * Which entry was changed, given where the chain first shows it: an entry that was changed breaks the chain only at the
 * one behind it, or, when those were rewritten too, much later. Complete tiles still know each leaf; in the open tile,
 * an entry that its successor (or the head) confirms is intact, so that the one before it is not.
 */
export function firstChanged(store: LedgerStore, head: SignedHead, shownAt: number, isChainBroken: boolean): number {
  const isIntact = isChainBroken && isConfirmed(store, head, shownAt);
  return firstOtherThanTiles(store, shownAt) ?? (isIntact ? shownAt - 1 : shownAt);
}

function firstOtherThanTiles(store: LedgerStore, shownAt: number): number | undefined {
  for (let start = 0; start <= shownAt; start += TILE_WIDTH) {
    const leaves = store.readTile(0, start / TILE_WIDTH);
    for (const { seq, bytes } of store.entries(start, Math.min(shownAt + 1, start + TILE_WIDTH))) {
      const at = (seq - start) * HASH_BYTES;
      if (!equal(leafHash(sha256, bytes), leaves.subarray(at, at + HASH_BYTES))) return seq;
    }
  }
  return undefined;
}

function isConfirmed(store: LedgerStore, head: SignedHead, seq: number): boolean {
  if (seq === 0) return false;
  const bytes = store.entry(seq) as Uint8Array;
  const expected = seq + 1 === head.size ? head.chain : prevOf(store.entry(seq + 1));
  return toHex(entryHash(blake3, bytes)) === expected;
}

function prevOf(bytes: Uint8Array | undefined): string | undefined {
  try {
    return bytes && parseEntry(bytes).prev;
  } catch {
    return undefined;
  }
}
