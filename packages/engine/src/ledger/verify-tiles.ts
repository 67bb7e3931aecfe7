import { equal, toHex } from "@holdfast/kernel/bytes";
import { HASH_BYTES, subtreeRoot, TILE_WIDTH } from "@holdfast/kernel/merkle";
import { loadTree } from "@holdfast/kernel/tiles";
import { sha256 } from "../crypto.ts";
import type { LedgerStore } from "../sqlite/ledger-store.ts";

/**
 * Checks the stored tiles against a root that the entries led to: every complete tile has the root that the tile above
 * it says, and the right edge folds to the root. Returns the first leaf under a tile that does not hold.
 */
export function firstBadTile(store: LedgerStore, size: number, root: string): number | undefined {
  let leavesPerHash = 1;
  for (let level = 0, nodes = size; nodes >= TILE_WIDTH; level++, nodes = Math.floor(nodes / TILE_WIDTH)) {
    for (let index = 0; (index + 1) * TILE_WIDTH <= nodes; index++) {
      if (!tileHolds(store, level, index)) return index * TILE_WIDTH * leavesPerHash;
    }
    leavesPerHash *= TILE_WIDTH;
  }
  return toHex(loadTree(sha256, size, store.readTile).root()) === root ? undefined : Math.max(0, size - 1);
}

function tileHolds(store: LedgerStore, level: number, index: number): boolean {
  const hashes = store.readTile(level, index);
  if (hashes.byteLength !== TILE_WIDTH * HASH_BYTES) return false;
  const above = store.readTile(level + 1, Math.floor(index / TILE_WIDTH));
  const at = (index % TILE_WIDTH) * HASH_BYTES;
  return equal(subtreeRoot(sha256, hashes, 0, TILE_WIDTH), above.subarray(at, at + HASH_BYTES));
}
