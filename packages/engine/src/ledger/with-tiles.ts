import type { Hash } from "@holdfast/kernel/crypto";
import { HASH_BYTES, TILE_WIDTH, type TileReader } from "@holdfast/kernel/merkle";
import { sha256 } from "../crypto.ts";
import type { LedgerReader, TileName } from "./ledger-reader.ts";

const ANY_TILE = new Uint8Array(TILE_WIDTH * HASH_BYTES);
const ANY_HASH = new Uint8Array(HASH_BYTES);

/**
 * Runs a computation over tiles that are fetched all at once: which tiles proofs and trees ask for follows from sizes and
 * never from hashes, so that a first run over empty tiles names them. `compute` runs twice and must do nothing else; the
 * hash that it is handed is SHA-256 where it matters, and costs nothing in the first run.
 */
export async function withTiles<T>(
  reader: Pick<LedgerReader, "tiles">,
  compute: (readTile: TileReader, hash: Hash) => T,
): Promise<T> {
  const names = new Map<string, TileName>();
  compute((level, index) => {
    names.set(keyOf(level, index), { level, index });
    return ANY_TILE;
  }, anyHash);
  const hashes = await reader.tiles([...names.values()]);
  const tiles = new Map([...names.keys()].map((key, index) => [key, hashes[index] as Uint8Array]));
  return compute((level, index) => tiles.get(keyOf(level, index)) as Uint8Array, sha256);
}

const anyHash: Hash = () => ANY_HASH;

const keyOf = (level: number, index: number): string => `${level}/${index}`;
