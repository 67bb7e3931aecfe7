import { equal, toHex } from "@holdfast/kernel/bytes";
import { HASH_BYTES, subtreeRoot, TILE_WIDTH } from "@holdfast/kernel/merkle";
import { loadTree } from "@holdfast/kernel/tiles";
import { sha256 } from "../crypto.ts";
import type { LedgerReader } from "./ledger-reader.ts";
import { withTiles } from "./with-tiles.ts";

/**
 * Checks the stored tiles against a root that the entries led to: every complete tile has the root that the tile above
 * it says, and the right edge folds to the root. Returns the first leaf under a tile that does not hold.
 */
export async function firstBadTile(ledger: LedgerReader, size: number, root: string): Promise<number | undefined> {
  let leavesPerTile = TILE_WIDTH;
  for (
    let level = 0, tiles = Math.floor(size / TILE_WIDTH);
    tiles > 0;
    level++, tiles = Math.floor(tiles / TILE_WIDTH)
  ) {
    for (let first = 0; first < tiles; first += TILE_WIDTH) {
      const bad = await firstBadOf(ledger, level, first, Math.min(tiles, first + TILE_WIDTH));
      if (bad !== undefined) return bad * leavesPerTile;
    }
    leavesPerTile *= TILE_WIDTH;
  }
  const tree = await withTiles(ledger, (readTile, hash) => loadTree(hash, size, readTile));
  return toHex(tree.root()) === root ? undefined : Math.max(0, size - 1);
}

/** Of the complete tiles [first, end) of a level, which all lie under the same tile, fetched together with it. */
async function firstBadOf(
  ledger: LedgerReader,
  level: number,
  first: number,
  end: number,
): Promise<number | undefined> {
  const below = Array.from({ length: end - first }, (_, at) => ({ level, index: first + at }));
  const [above, ...tiles] = await ledger.tiles([{ level: level + 1, index: first / TILE_WIDTH }, ...below]);
  const bad = tiles.findIndex((hashes, at) => {
    if (hashes.byteLength !== TILE_WIDTH * HASH_BYTES) return true;
    const expected = above!.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES);
    return !equal(subtreeRoot(sha256, hashes, 0, TILE_WIDTH), expected);
  });
  return bad < 0 ? undefined : first + bad;
}
