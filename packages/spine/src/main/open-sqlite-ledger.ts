import { existsSync, statfsSync, statSync } from "node:fs";
import {
  createCommitter,
  openWriteConnection,
  SqliteLedgerReader,
  SqliteStorage,
  StorageFault,
  type Table,
} from "@holdfast/engine";
import { signerFromSeed } from "@holdfast/engine/crypto";
import type { Keyring } from "../keyring/index.ts";
import { checkpointPlaces } from "./checkpoint-places.ts";
import { StartFailure } from "@holdfast/runtime";
import type { LedgerFolder, LedgerOptions, LedgerPlace, OpenLedger, StorageStatus } from "./ledger-place.ts";
import { newSeeds, readSeeds, refuseIfKnown, type Seeds } from "./ledger-seeds.ts";
import { sqliteFailure, type StorageFailures, storageFailures } from "./storage-failure.ts";
import { FINISH_COPY, unpublishedOf } from "./unfinished-copy.ts";

/** Of every SQLite file. */
const HEADER_BYTES = 100;

/** A program's ledger in its data folder. */
export interface SqliteLedger {
  readonly folder: LedgerFolder;
  readonly tables: readonly Table[];
  /** Files that are written only once there is an entry: beside an empty database they say that a ledger is gone. */
  readonly traces: readonly string[];
  /** What a program says of a database that cannot be opened, where that is not the usual. */
  readonly failures?: StorageFailures;
}

/** The database in a data folder; nothing is opened yet. */
export function sqlitePlace(place: SqliteLedger): LedgerPlace {
  const { folder, failures = storageFailures } = place;
  return {
    isShared: false,
    // A file without a ledger in it was made by a process that had a root key already.
    hasLedger: () => Promise.resolve(existsSync(folder.database) || existsSync(unpublishedOf(folder.database))),
    async open(options) {
      try {
        return await openLedger(place, options);
      } catch (cause) {
        throw sqliteFailure(cause, folder.database, failures);
      }
    },
    close: () => Promise.resolve(),
  };
}

async function openLedger(place: SqliteLedger, options: LedgerOptions): Promise<OpenLedger> {
  const { folder, tables } = place;
  const { keyring, checkpointDir } = options;
  const seeds = (await storedSeeds(place, keyring)) ?? newSeeds(keyring, Date.now());
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
      onCommitted: ({ writes, isIncomplete }) => options.onCommitted(writes, isIncomplete),
      onEvent: options.onEvent,
    },
    options.dependencies,
  );
  const storage = new SqliteStorage(folder.database, keyring.subkeys.stateMac);
  return {
    committer,
    storage,
    reader: new SqliteLedgerReader(storage.database),
    origin: seeds.origin,
    publicKey,
    authoritySeed: seeds.authority,
    newKeys: seeds.newKeys,
    known: places.known,
    secondPlaceProblem: places.secondPlaceProblem,
    // One process holds the folder, so every duty is its own.
    duties: { isHeld: true },
    upkeep: [],
    report: () => Promise.resolve({ storage: storageStatus(folder), features: [] }),
    readings: () => ({ isOnDuty: true }),
    giveUpWhenSilent: () => () => {},
    async close() {
      // The writer goes last: only the last connection to close takes the write-ahead log with it.
      storage.close();
      await committer.close();
    },
  };
}

function storageStatus({ database, path }: LedgerFolder): StorageStatus {
  const disk = statfsSync(path);
  return {
    kind: "sqlite",
    sizeBytes: bytesOf(database) + bytesOf(`${database}-wal`),
    freeBytes: disk.bavail * disk.bsize,
  };
}

const bytesOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** Name and public key of the ledger in a data folder, read with the keys it holds; nothing is opened for writing. */
export async function readIdentity(
  place: Omit<SqliteLedger, "tables">,
  keyring: Keyring,
): Promise<{ readonly origin: string; readonly publicKey: Uint8Array }> {
  const { folder, failures = storageFailures } = place;
  try {
    const seeds = await storedSeeds(place, keyring);
    if (seeds !== undefined) return { origin: seeds.origin, publicKey: signerFromSeed(seeds.ledger).publicKey };
  } catch (cause) {
    throw sqliteFailure(cause, folder.database, failures);
  }
  throw new StartFailure(
    "data_folder",
    `There is no ledger in ${folder.path}.`,
    "Name the data folder of a server or an agent.",
  );
}

/** Undefined when there is no ledger yet: no database, or one whose entry 0 was never written. */
async function storedSeeds(
  { folder, traces }: Pick<SqliteLedger, "folder" | "traces">,
  keyring: Keyring,
): Promise<Seeds | undefined> {
  const seeds = hasContent(folder.database) ? await seedsIn(folder.database, keyring) : undefined;
  if (seeds !== undefined) return seeds;
  refuseUnfinishedCopy(folder.database);
  refuseIfKnown(traces, folder.database);
  return undefined;
}

/** A server that begins a ledger of its own would be in the way of the one that is being copied here. */
function refuseUnfinishedCopy(database: string): void {
  const copy = unpublishedOf(database);
  if (!existsSync(copy)) return;
  throw new StartFailure("data_folder", `${copy} is a copy that is not finished.`, FINISH_COPY);
}

/** A file too short for SQLite's header holds nothing. */
function hasContent(database: string): boolean {
  return existsSync(database) && statSync(database).size >= HEADER_BYTES;
}

async function seedsIn(path: string, keyring: Keyring): Promise<Seeds | undefined> {
  settleJournal(path);
  const storage = new SqliteStorage(path, keyring.subkeys.stateMac);
  try {
    if (!hasTables(storage)) return undefined;
    const reader = new SqliteLedgerReader(storage.database);
    if ((await reader.head()) === undefined)
      throw new StorageFault("database_damaged", "The ledger's head is missing.");
    return await readSeeds({ storage, reader, keyring });
  } finally {
    storage.close();
  }
}

/** Left by a process that was killed while it made the database; only a connection that may write can roll it back. */
function settleJournal(database: string): void {
  if (existsSync(`${database}-journal`)) openWriteConnection(database).close();
}

const hasTables = ({ database }: SqliteStorage): boolean =>
  database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'head'").get() !== undefined;
