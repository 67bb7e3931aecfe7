import { toHex } from "@holdfast/kernel/bytes";
import { type Checkpoint, openCheckpoint } from "@holdfast/kernel/checkpoint";
import type { SignedHead } from "@holdfast/kernel/head";
import { verifierKeyOf } from "@holdfast/kernel/note";
import { loadTree } from "@holdfast/kernel/tiles";
import { sha256, verifySignature } from "../crypto.ts";
import type { LedgerReader, StoredCheckpoint } from "./ledger-reader.ts";
import type { LedgerIdentity } from "./verify-ledger.ts";
import { withTiles } from "./with-tiles.ts";

/** Each needs an open tile of its own, of 8 KiB at most. */
const CHECKPOINTS_PER_READ = 64;

/**
 * Checks checkpoints, newest first, against a tree whose tiles hold, so that each root can be taken from them. Returns
 * the size of the first that is not of this log, is stored for another size, or has another root.
 */
export async function firstBadCheckpoint(
  ledger: LedgerReader,
  identity: LedgerIdentity,
  head: SignedHead,
  stored: readonly StoredCheckpoint[],
): Promise<number | undefined> {
  const checkpoints: Checkpoint[] = [];
  for (const { note, size } of stored) {
    const checkpoint = opened(note, identity);
    if (checkpoint === undefined || checkpoint.size !== size || size > head.size) return size;
    checkpoints.push(checkpoint);
  }
  for (let start = 0; start < checkpoints.length; start += CHECKPOINTS_PER_READ) {
    const bad = await firstOtherRoot(ledger, checkpoints.slice(start, start + CHECKPOINTS_PER_READ));
    if (bad !== undefined) return bad;
  }
  return undefined;
}

async function firstOtherRoot(ledger: LedgerReader, checkpoints: readonly Checkpoint[]): Promise<number | undefined> {
  const trees = await withTiles(ledger, (readTile, hash) =>
    checkpoints.map(({ size }) => loadTree(hash, size, readTile)),
  );
  return checkpoints.find(({ root }, index) => toHex(root) !== toHex(trees[index]!.root()))?.size;
}

function opened(note: string, { origin, publicKey }: LedgerIdentity): Checkpoint | undefined {
  try {
    return openCheckpoint(note, verifierKeyOf(sha256, origin, publicKey), verifySignature);
  } catch {
    return undefined;
  }
}
