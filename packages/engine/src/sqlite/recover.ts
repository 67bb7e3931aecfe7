import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { toHex } from "@holdfast/kernel/bytes";
import type { Signer } from "@holdfast/kernel/crypto";
import { genesis } from "@holdfast/kernel/entry";
import { signHead } from "@holdfast/kernel/head";
import { emptyRoot } from "@holdfast/kernel/merkle";
import { checkLedger } from "../ledger/check-ledger.ts";
import { blake3, sha256 } from "../crypto.ts";
import type { Table } from "../table.ts";
import { openFault } from "./connection.ts";
import type { Recovery, TreeHead } from "../committer/recovery.ts";
import { SqliteLedgerReader } from "./ledger-reader.ts";
import { createTables, migrate } from "./schema.ts";
import { StorageFault } from "../committer/storage-fault.ts";

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
export async function recover(
  options: Options,
  signer: Signer,
  openDatabase: (path: string) => DatabaseSync,
): Promise<{ readonly database: DatabaseSync; readonly recovery: Recovery }> {
  const startedAt = performance.now();
  const isNew = fileBytes(options.path) === 0;
  // Before the file is touched: a missing database must not leave an empty one behind.
  if (isNew) refuseIfExpected(options);
  const wasUnclean = fileBytes(`${options.path}-wal`) > 0;
  const database = openDatabase(options.path);
  try {
    const versionFound = prepare(database, options, signer);
    quickCheck(database);
    const { origin, known } = options;
    const expected = { origin, known, publicKey: signer.publicKey };
    const checked = await checkLedger(new SqliteLedgerReader(database), expected);
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
