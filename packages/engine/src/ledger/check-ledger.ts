import { toHex } from "@holdfast/kernel/bytes";
import { openCheckpoint } from "@holdfast/kernel/checkpoint";
import { KernelError } from "@holdfast/kernel/errors";
import { type SignedHead, verifyHead } from "@holdfast/kernel/head";
import { verifierKeyOf } from "@holdfast/kernel/note";
import { loadTree } from "@holdfast/kernel/tiles";
import type { Recovery, TreeHead } from "../committer/recovery.ts";
import { StorageFault } from "../committer/storage-fault.ts";
import { sha256, verifySignature } from "../crypto.ts";
import type { LedgerReader, StoredCheckpoint } from "./ledger-reader.ts";
import { tailStart, verifyTail } from "./verify-tail.ts";
import { withTiles } from "./with-tiles.ts";

/** Which ledger it has to be, and what is known of it from elsewhere. */
export interface ExpectedLedger {
  readonly origin: string;
  /** Ed25519 key of the log. */
  readonly publicKey: Uint8Array;
  readonly known: readonly TreeHead[];
}

export type CheckedLedger = Pick<Recovery, "head" | "checkpoint" | "verifiedFrom" | "isCheckpointMissing">;

/**
 * Checks what can be checked in a time that does not grow with the ledger: the signatures of head and newest checkpoint,
 * the tree against both and against what is known from elsewhere, and every entry since the checkpoint. The reader must
 * show one moment (a transaction, where others may write meanwhile). Throws the StorageFault that forbids going on.
 */
export async function checkLedger(reader: LedgerReader, expected: ExpectedLedger): Promise<CheckedLedger> {
  try {
    return await check(reader, expected);
  } catch (cause) {
    if (!(cause instanceof KernelError)) throw cause;
    throw new StorageFault("database_damaged", `The ledger is damaged: ${cause.message}.`, cause);
  }
}

async function check(reader: LedgerReader, expected: ExpectedLedger): Promise<CheckedLedger> {
  const head = checkedHead(await reader.head(), expected);
  const [checkpoint] = await reader.checkpoints(1);
  const trusted = [...checkpointed(checkpoint, expected), ...expected.known];
  refuseIfShorter(head, trusted);
  const verifiedFrom = tailStart(head, checkpoint?.size ?? 0);
  const sizes = [verifiedFrom, ...trusted.map(({ size }) => size)];
  const [tree, ...trees] = await withTiles(reader, (readTile, hash) =>
    sizes.map((size) => loadTree(hash, size, readTile)),
  );
  for (const [index, known] of trusted.entries()) {
    if (toHex(trees[index]!.root()) === known.root) continue;
    throw new StorageFault("database_forked", `The first ${known.size} entries differ from those known elsewhere.`);
  }
  await verifyTail(reader, head, tree!);
  return { head, checkpoint, verifiedFrom, isCheckpointMissing: checkpoint === undefined && head.size > 0 };
}

function checkedHead(head: SignedHead | undefined, { origin, publicKey }: ExpectedLedger): SignedHead {
  if (head === undefined) throw new StorageFault("database_damaged", "The ledger's head is missing.");
  if (head.origin !== origin) {
    throw new StorageFault("database_foreign", `The database belongs to ${head.origin}, not to ${origin}.`);
  }
  if (!verifyHead(verifySignature, publicKey, origin, head)) {
    throw new StorageFault("head_forged", "The ledger's head is not signed by this log's key.");
  }
  return head;
}

function checkpointed(checkpoint: StoredCheckpoint | undefined, { origin, publicKey }: ExpectedLedger): TreeHead[] {
  if (checkpoint === undefined) return [];
  const signed = openCheckpoint(checkpoint.note, verifierKeyOf(sha256, origin, publicKey), verifySignature);
  if (signed.size !== checkpoint.size) {
    throw new StorageFault("database_damaged", `The checkpoint of size ${checkpoint.size} is not one of this log.`);
  }
  return [{ size: signed.size, root: toHex(signed.root) }];
}

function refuseIfShorter(head: SignedHead, trusted: readonly TreeHead[]): void {
  for (const { size } of trusted) {
    if (size <= head.size) continue;
    throw new StorageFault(
      "database_rolled_back",
      `The ledger has ${head.size} entries; a ledger of ${size} is known from elsewhere.`,
    );
  }
}
