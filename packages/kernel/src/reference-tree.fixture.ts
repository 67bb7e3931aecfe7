import { leafHash, nodeHash, type TileReader } from "./merkle.ts";
import { primitives } from "./primitives.fixture.ts";
import type { Tree } from "./tiles.ts";

const { sha256 } = primitives;

/** Leaf hash number `index` of the trees in these tests. */
export const leafAt = (index: number): Uint8Array => leafHash(sha256, new TextEncoder().encode(String(index)));

export const leaves = (count: number): Uint8Array[] => Array.from({ length: count }, (_, index) => leafAt(index));

/** MTH of RFC 6962 §2.1, word by word. */
export function referenceRoot(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 0) return sha256(new Uint8Array(0));
  if (hashes.length === 1) return hashes[0]!;
  const middle = 2 ** Math.ceil(Math.log2(hashes.length) - 1);
  return nodeHash(sha256, referenceRoot(hashes.slice(0, middle)), referenceRoot(hashes.slice(middle)));
}

/** Reads the tiles of a tree that nothing was taken from before. */
export function readerOf(tree: Tree): TileReader {
  const tiles = [...tree.takeCompletedTiles(), ...tree.partialTiles()];
  const hashes = new Map(tiles.map((tile) => [`${tile.level}/${tile.index}`, tile.hashes]));
  return (level, index) => hashes.get(`${level}/${index}`)!;
}
