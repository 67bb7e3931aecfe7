import { StorageFault, type LedgerReader, type StoredCheckpoint } from "@holdfast/engine";
import { withTiles } from "@holdfast/engine/back-end";
import { sha256, verifySignature } from "@holdfast/engine/crypto";
import { openCheckpoint, signCheckpoint } from "@holdfast/kernel/checkpoint";
import type { Signer } from "@holdfast/kernel/crypto";
import { consistencyProof, verifyConsistency } from "@holdfast/kernel/merkle";
import { verifierKeyOf } from "@holdfast/kernel/note";
import type { Client } from "pg";
import type { Tip } from "./tip.ts";

const KEPT = 1_024;

/** Compare-and-set: it follows on the newest that this node knows, or another node was first. */
const INSERT = {
  name: "checkpoint_insert",
  text: `INSERT INTO checkpoints (size, note) SELECT $1, $2
    WHERE (SELECT max(size) FROM checkpoints) IS NOT DISTINCT FROM $3::bigint ON CONFLICT DO NOTHING`,
};
const PRUNE = {
  name: "checkpoint_prune",
  text: `DELETE FROM checkpoints WHERE size < (SELECT size FROM checkpoints ORDER BY size DESC OFFSET ${KEPT - 1} LIMIT 1)`,
};

/**
 * Signs the tree at a committed head and persists that; undefined when another node did so first. It is consistent with
 * the last one or it is not issued.
 */
export async function issueCheckpoint(
  client: Client,
  reader: LedgerReader,
  signer: Signer,
  { head, tree, checkpoint: last }: Tip,
): Promise<StoredCheckpoint | undefined> {
  const { origin, size } = head;
  const root = tree.root();
  if (last !== undefined) await insistConsistent(reader, signer, origin, last, size, root);
  const note = signCheckpoint(sha256, { origin, size, root }, signer);
  const { rowCount } = await client.query({ ...INSERT, values: [size, note, last?.size ?? null] });
  if (rowCount !== 1) return undefined;
  await client.query(PRUNE);
  return { size, note };
}

async function insistConsistent(
  reader: LedgerReader,
  { publicKey }: Signer,
  origin: string,
  last: StoredCheckpoint,
  size2: number,
  root2: Uint8Array,
): Promise<void> {
  const { size: size1, root: root1 } = openCheckpoint(
    last.note,
    verifierKeyOf(sha256, origin, publicKey),
    verifySignature,
  );
  const proof = await withTiles(reader, (readTile, hash) => consistencyProof(hash, size1, size2, readTile));
  if (verifyConsistency(sha256, { size1, size2, root1, root2, proof })) return;
  throw new StorageFault("database_damaged", "The tree no longer contains the last checkpoint.");
}
