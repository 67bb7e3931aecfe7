import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type Checkpoint, openCheckpoint, signCheckpoint } from "@holdfast/kernel/checkpoint";
import type { Signer } from "@holdfast/kernel/crypto";
import { consistencyProof, verifyConsistency } from "@holdfast/kernel/merkle";
import { verifierKeyOf } from "@holdfast/kernel/note";
import type { Tree } from "@holdfast/kernel/tiles";
import { sha256, verifySignature } from "../crypto.ts";
import { LedgerStore } from "./ledger-store.ts";
import { StorageFault } from "../committer/storage-fault.ts";
import type { StoredCheckpoint } from "../ledger/ledger-reader.ts";

const ENTRIES_BETWEEN = 1_000;
const KEPT = 1_024;

/** Signs the tree so that others can hold on to it; a checkpoint is persisted before anyone sees it. */
export class Checkpointer {
  readonly #origin: string;
  readonly #signer: Signer;
  readonly #store: LedgerStore;
  readonly #insert: StatementSync;
  readonly #prune: StatementSync;
  #last: Checkpoint | undefined;

  constructor(database: DatabaseSync, origin: string, signer: Signer) {
    this.#origin = origin;
    this.#signer = signer;
    this.#store = new LedgerStore(database);
    this.#insert = database.prepare(
      "INSERT INTO checkpoints (size, note) SELECT ?, ? WHERE (SELECT max(size) FROM checkpoints) IS ?",
    );
    this.#prune = database.prepare(
      `DELETE FROM checkpoints WHERE size < (SELECT size FROM checkpoints ORDER BY size DESC LIMIT 1 OFFSET ${KEPT - 1})`,
    );
    const stored = this.#store.checkpoint();
    const logKey = verifierKeyOf(sha256, origin, signer.publicKey);
    this.#last = stored && openCheckpoint(stored.note, logKey, verifySignature);
  }

  isBehind(size: number): boolean {
    return size > (this.#last?.size ?? 0);
  }

  isDue(size: number): boolean {
    return size - (this.#last?.size ?? 0) >= ENTRIES_BETWEEN;
  }

  /** Inside the caller's transaction, whose tiles are written: consistent with the last one, or nothing is issued. */
  issue(tree: Tree): StoredCheckpoint {
    const { size } = tree;
    const root = tree.root();
    this.#checkConsistent(tree, root);
    const checkpoint = { origin: this.#origin, size, root };
    const note = signCheckpoint(sha256, checkpoint, this.#signer);
    if (this.#insert.run(size, note, this.#last?.size ?? null).changes !== 1) {
      throw new StorageFault("write_failed", "Another writer issued a checkpoint.");
    }
    this.#prune.run();
    this.#last = checkpoint;
    return { size, note };
  }

  #checkConsistent(tree: Tree, root: Uint8Array): void {
    if (this.#last === undefined) return;
    const { size: size1, root: root1 } = this.#last;
    const proof = consistencyProof(sha256, size1, tree.size, this.#store.readTile);
    if (!verifyConsistency(sha256, { size1, size2: tree.size, root1, root2: root, proof })) {
      throw new StorageFault("database_damaged", "The tree no longer contains the last checkpoint.");
    }
  }
}
