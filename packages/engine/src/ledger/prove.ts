import { consistencyProof, inclusionProof } from "@holdfast/kernel/merkle";
import { printProof } from "@holdfast/kernel/proof";
import type { LedgerReader } from "./ledger-reader.ts";
import { withTiles } from "./with-tiles.ts";

/**
 * What shows offline that entry `seq`, which exists, stands in the log: C2SP tlog-proof under the newest checkpoint;
 * undefined as long as that does not cover it.
 */
export async function proveEntry(reader: LedgerReader, seq: number): Promise<string | undefined> {
  const [newest] = await reader.checkpoints(1);
  if (newest === undefined || seq >= newest.size) return undefined;
  const hashes = await withTiles(reader, (readTile, hash) => inclusionProof(hash, seq, newest.size, readTile));
  return printProof({ index: seq, hashes, checkpoint: newest.note });
}

/** RFC 6962 proof that the tree of `to` entries extends that of `from`. */
export function proveConsistency(reader: LedgerReader, from: number, to: number): Promise<readonly Uint8Array[]> {
  return withTiles(reader, (readTile, hash) => consistencyProof(hash, from, to, readTile));
}
