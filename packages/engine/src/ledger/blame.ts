import { equal, toHex } from "@holdfast/kernel/bytes";
import { entryHash, parseEntry } from "@holdfast/kernel/entry";
import type { SignedHead } from "@holdfast/kernel/head";
import { HASH_BYTES, leafHash, TILE_WIDTH } from "@holdfast/kernel/merkle";
import { blake3, sha256 } from "../crypto.ts";
import type { LedgerReader } from "./ledger-reader.ts";

/**
 * Which entry was changed, given where the chain first shows it: an entry that was changed breaks the chain only at the
 * one behind it, or, when those were rewritten too, much later. Complete tiles still know each leaf; in the open tile,
 * an entry that its successor (or the head) confirms is intact, so that the one before it is not.
 */
export async function firstChanged(
  ledger: LedgerReader,
  head: SignedHead,
  shownAt: number,
  isChainBroken: boolean,
): Promise<number> {
  const other = await firstOtherThanTiles(ledger, shownAt);
  if (other !== undefined) return other;
  const isIntact = isChainBroken && (await isConfirmed(ledger, head, shownAt));
  return isIntact ? shownAt - 1 : shownAt;
}

async function firstOtherThanTiles(ledger: LedgerReader, shownAt: number): Promise<number | undefined> {
  for (let start = 0; start <= shownAt; start += TILE_WIDTH) {
    const [[leaves], entries] = await Promise.all([
      ledger.tiles([{ level: 0, index: start / TILE_WIDTH }]),
      ledger.entries(start, Math.min(shownAt + 1, start + TILE_WIDTH)),
    ]);
    for (const { seq, bytes } of entries) {
      const at = (seq - start) * HASH_BYTES;
      if (!equal(leafHash(sha256, bytes), leaves!.subarray(at, at + HASH_BYTES))) return seq;
    }
  }
  return undefined;
}

async function isConfirmed(ledger: LedgerReader, head: SignedHead, seq: number): Promise<boolean> {
  if (seq === 0) return false;
  const [bytes, successor] = await Promise.all([ledger.entry(seq), ledger.entry(seq + 1)]);
  const expected = seq + 1 === head.size ? head.chain : prevOf(successor);
  return toHex(entryHash(blake3, bytes as Uint8Array)) === expected;
}

function prevOf(bytes: Uint8Array | undefined): string | undefined {
  try {
    return bytes && parseEntry(bytes).prev;
  } catch {
    return undefined;
  }
}
