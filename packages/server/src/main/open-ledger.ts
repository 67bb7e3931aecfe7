import {
  type Change,
  type CommitterEvent,
  type CommitterDependencies,
  createCommitter,
  type GroupCommitter,
  openFault,
  SqliteStorage,
  StorageFault,
  type Table,
  type TreeHead,
} from "@holdfast/engine";
import { signerFromSeed } from "@holdfast/engine/crypto";
import type { Keyring } from "../keyring/index.ts";
import { checkpointPlaces } from "./checkpoint-places.ts";
import type { DataFolder } from "./data-folder.ts";
import { newSeeds, readSeeds, type Seeds } from "./ledger-seeds.ts";
import { StartFailure, type StartFailureCode } from "./start-failure.ts";

export interface OpenLedger {
  readonly committer: GroupCommitter;
  readonly storage: SqliteStorage;
  readonly origin: string;
  readonly publicKey: Uint8Array;
  /** Private scalar of the certificate authority. */
  readonly authoritySeed: Uint8Array;
  /** Rows that entry 0 has to hold; empty when the ledger exists. */
  readonly newKeys: readonly Change[];
  /** Checkpoints that were published before this start. */
  readonly known: readonly TreeHead[];
  readonly secondPlaceProblem: string | undefined;
}

export interface LedgerOptions {
  readonly folder: DataFolder;
  readonly keyring: Keyring;
  readonly checkpointDir: string;
  readonly tables: readonly Table[];
  readonly onCommitted: (writes: readonly string[]) => void;
  readonly onEvent: (event: CommitterEvent) => void;
  /** What benchmarks replace. */
  readonly dependencies?: CommitterDependencies;
}

/** Opens the database with the keys it holds, or makes both; every way in which it cannot be trusted has its sentence. */
export async function openLedger(options: LedgerOptions): Promise<OpenLedger> {
  try {
    const seeds = readSeeds(options) ?? newSeeds(options.keyring, Date.now());
    return await openWith(options, seeds);
  } catch (cause) {
    throw startFailureOf(cause, options.folder.database);
  }
}

async function openWith(options: LedgerOptions, seeds: Seeds): Promise<OpenLedger> {
  const { folder, keyring, tables, checkpointDir } = options;
  const { publicKey } = signerFromSeed(seeds.ledger);
  const places = checkpointPlaces(folder.checkpoint, checkpointDir, { origin: seeds.origin, publicKey });
  const committer = await createCommitter(
    {
      path: folder.database,
      tables,
      origin: seeds.origin,
      signingSeed: seeds.ledger,
      stateKey: keyring.subkeys.stateMac,
      known: places.known,
      publish: places.publish,
      onCommitted: ({ writes }) => options.onCommitted(writes),
      onEvent: options.onEvent,
    },
    options.dependencies,
  );
  return {
    committer,
    storage: new SqliteStorage(folder.database, keyring.subkeys.stateMac),
    origin: seeds.origin,
    publicKey,
    authoritySeed: seeds.authority,
    newKeys: seeds.newKeys,
    known: places.known,
    secondPlaceProblem: places.secondPlaceProblem,
  };
}

/** Name and public key of the ledger in a data folder, read with the keys it holds; nothing is opened for writing. */
export function readIdentity(
  folder: DataFolder,
  keyring: Keyring,
): { readonly origin: string; readonly publicKey: Uint8Array } {
  try {
    const seeds = readSeeds({ folder, keyring });
    if (seeds !== undefined) return { origin: seeds.origin, publicKey: signerFromSeed(seeds.ledger).publicKey };
  } catch (cause) {
    throw startFailureOf(cause, folder.database);
  }
  throw new StartFailure("data_folder", `There is no ledger in ${folder.path}.`, "Name the data folder of a server.");
}

const FAILURES: Readonly<Record<StorageFault["code"], readonly [StartFailureCode, string]>> = {
  database_unreadable: ["database_damaged", "Look at the file's permissions and at the disk."],
  database_in_use: ["already_running", "Stop the other one first, or name another folder with HOLDFAST_DATA_DIR."],
  database_damaged: ["database_damaged", "Restore a backup; `holdfast audit verify --data-dir` names what is wrong."],
  database_rolled_back: [
    "database_rolled_back",
    "Put the newest database back; if this one is meant to stand, move the checkpoint files away.",
  ],
  database_forked: [
    "database_rolled_back",
    "Put the right database back; this one has another history than its checkpoint.",
  ],
  head_forged: ["database_damaged", "Someone without this ledger's key wrote to the database. Restore a backup."],
  database_foreign: ["database_damaged", "This database belongs to another ledger; put the right one back."],
  database_newer: ["database_damaged", "Use the version of Holdfast that wrote it, or a newer one."],
  table_invalid: ["database_damaged", "Use the version of Holdfast that wrote it, or a newer one."],
  state_tampered: ["database_damaged", "A row was changed outside of Holdfast. Restore a backup."],
  write_failed: ["database_damaged", "Look at the disk: it may be full or failing."],
};

function startFailureOf(cause: unknown, database: string): unknown {
  const fault = isSqliteError(cause) ? openFault(cause) : cause;
  if (!(fault instanceof StorageFault)) return cause;
  const [code, hint] = FAILURES[fault.code];
  const place = fault.message.includes(database) ? "" : ` (${database})`;
  return new StartFailure(code, `${fault.message}${place}`, hint, cause);
}

const isSqliteError = (cause: unknown): boolean => cause instanceof Error && "errcode" in cause;
