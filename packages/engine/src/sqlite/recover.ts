import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { toHex } from "@holdfast/kernel/bytes";
import { openCheckpoint } from "@holdfast/kernel/checkpoint";
import type { Signer } from "@holdfast/kernel/crypto";
import { genesis } from "@holdfast/kernel/entry";
import { type SignedHead, signHead, verifyHead } from "@holdfast/kernel/head";
import { emptyRoot } from "@holdfast/kernel/merkle";
import { verifierKeyOf } from "@holdfast/kernel/note";
import { loadTree } from "@holdfast/kernel/tiles";
import { blake3, sha256, verifySignature } from "../crypto.ts";
import type { Table } from "../table.ts";
import { openFault } from "./connection.ts";
import type { Recovery, TreeHead } from "../committer/recovery.ts";
import { LedgerStore } from "./ledger-store.ts";
import { createTables, migrate } from "./schema.ts";
import { StorageFault } from "../committer/storage-fault.ts";
import { verifyTail } from "./verify-tail.ts";

interface Options {
  readonly path: string;
  readonly tables: readonly Table[];
  readonly origin: string;
  readonly known: readonly TreeHead[];
  readonly mustExist: boolean;
}

/**
 * Opens the database and checks what can be checked in a time that does not grow with it: the head's signature, the
 * tree against the head, every entry since the last checkpoint, and what is known from elsewhere.
 */
export function recover(
  options: Options,
  signer: Signer,
  openDatabase: (path: string) => DatabaseSync,
): { readonly database: DatabaseSync; readonly recovery: Recovery } {
  const startedAt = performance.now();
  const isNew = fileBytes(options.path) === 0;
  // Before the file is touched: a missing database must not leave an empty one behind.
  if (isNew) refuseIfExpected(options);
  const wasUnclean = fileBytes(`${options.path}-wal`) > 0;
  const database = openDatabase(options.path);
  try {
    const versionFound = prepare(database, options, signer);
    quickCheck(database);
    const checked = check(new LedgerStore(database), options, signer);
    const durationMs = performance.now() - startedAt;
    return { database, recovery: { isNew, versionFound, wasUnclean, ...checked, durationMs } };
  } catch (error) {
    database.close();
    throw openFault(error);
  }
}

function fileBytes(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function refuseIfExpected({ known, mustExist, path }: Options): void {
  if (known.some(({ size }) => size > 0)) {
    throw new StorageFault("database_rolled_back", `${path} is empty, but its ledger is known from elsewhere.`);
  }
  if (mustExist) throw new StorageFault("database_unreadable", `${path} does not exist.`);
}

/** Tables, and the head of an empty ledger, in one transaction: a crash leaves a database or none. */
function prepare(database: DatabaseSync, options: Options, signer: Signer): number {
  database.exec("BEGIN IMMEDIATE");
  const found = migrate(database);
  const isUnclaimed = found === 0 || (!options.mustExist && dropUnclaimedHead(database));
  if (isUnclaimed) refuseIfExpected(options);
  createTables(database, options.tables);
  if (isUnclaimed) insertHead(database, options.origin, signer);
  database.exec("COMMIT");
  return found;
}

/** A process that was killed before its first entry took its log's name and key with it: nothing was ever said in them. */
function dropUnclaimedHead(database: DatabaseSync): boolean {
  const isEmpty = "NOT EXISTS (SELECT 1 FROM entries) AND NOT EXISTS (SELECT 1 FROM checkpoints)";
  return database.prepare(`DELETE FROM head WHERE size = 0 AND ${isEmpty}`).run().changes > 0;
}

function insertHead(database: DatabaseSync, origin: string, signer: Signer): void {
  const root = toHex(emptyRoot(sha256));
  const head = signHead(signer, { origin, size: 0, chain: toHex(genesis(blake3, origin)), root, epoch: 0 });
  database
    .prepare("INSERT INTO head (id, size, chain, root, epoch, origin, signature) VALUES (0, ?, ?, ?, ?, ?, ?)")
    .run(head.size, head.chain, head.root, head.epoch, origin, head.signature);
}

/** Of the small tables only: the whole file is checked in the background. A file that was cut off SQLite notices itself. */
function quickCheck(database: DatabaseSync): void {
  for (const table of ["head", "checkpoints"]) {
    const result = database.prepare(`PRAGMA quick_check(${table})`).get()?.["quick_check"];
    if (result !== "ok") throw new StorageFault("database_damaged", `Table ${table} is damaged: ${String(result)}.`);
  }
}

type Checked = Pick<Recovery, "head" | "checkpoint" | "verifiedFrom" | "isCheckpointMissing">;

function check(store: LedgerStore, { origin, known }: Options, signer: Signer): Checked {
  const head = checkedHead(store, origin, signer.publicKey);
  const checkpoint = store.checkpoint();
  const logKey = verifierKeyOf(sha256, origin, signer.publicKey);
  const signed = checkpoint && openCheckpoint(checkpoint.note, logKey, verifySignature);
  if (checkpoint !== undefined && signed?.size !== checkpoint.size) {
    throw new StorageFault("database_damaged", `The checkpoint of size ${checkpoint.size} is not one of this log.`);
  }
  const trusted = signed === undefined ? known : [{ size: signed.size, root: toHex(signed.root) }, ...known];
  for (const tree of trusted) checkContains(store, head, tree);
  const verifiedFrom = verifyTail(store, head, checkpoint?.size ?? 0);
  return { head, checkpoint, verifiedFrom, isCheckpointMissing: checkpoint === undefined && head.size > 0 };
}

function checkedHead(store: LedgerStore, origin: string, publicKey: Uint8Array): SignedHead {
  const head = store.head();
  if (head === undefined) throw new StorageFault("database_damaged", "The ledger's head is missing.");
  if (head.origin !== origin) {
    throw new StorageFault("database_foreign", `The database belongs to ${head.origin}, not to ${origin}.`);
  }
  if (!verifyHead(verifySignature, publicKey, origin, head)) {
    throw new StorageFault("head_forged", "The ledger's head is not signed by this log's key.");
  }
  return head;
}

function checkContains(store: LedgerStore, head: SignedHead, known: TreeHead): void {
  if (known.size > head.size) {
    throw new StorageFault(
      "database_rolled_back",
      `The ledger has ${head.size} entries; a ledger of ${known.size} is known from elsewhere.`,
    );
  }
  const tree = loadTree(sha256, known.size, store.readTile);
  if (toHex(tree.root()) !== known.root) {
    throw new StorageFault("database_forked", `The first ${known.size} entries differ from those known elsewhere.`);
  }
}
