import { existsSync, statSync } from "node:fs";
import { type Change, openWriteConnection, Refusal, SqliteStorage, StorageFault } from "@holdfast/engine";
import { random, signerFromSeed } from "@holdfast/engine/crypto";
import { newLogOrigin } from "@holdfast/kernel/id";
import { type Keyring, serverKeysTable } from "../keyring/index.ts";
import type { DataFolder } from "./data-folder.ts";
import { StartFailure } from "./start-failure.ts";

const LEDGER_KEY = "ledger";
const AUTHORITY_KEY = "authority";
/** Of every SQLite file. */
const HEADER_BYTES = 100;

/** Name of a ledger, and the private keys that the database holds for it. */
export interface Seeds {
  readonly origin: string;
  readonly ledger: Uint8Array;
  readonly authority: Uint8Array;
  readonly newKeys: readonly Change[];
}

interface Place {
  readonly folder: DataFolder;
  readonly keyring: Keyring;
}

/** Undefined when there is no ledger yet: no database, or one whose entry 0 was never written. */
export function readSeeds(options: Place): Seeds | undefined {
  const seeds = hasContent(options.folder.database) ? storedSeeds(options) : undefined;
  if (seeds === undefined) refuseIfKnown(options.folder);
  return seeds;
}

/** A file too short for SQLite's header holds nothing. */
function hasContent(database: string): boolean {
  return existsSync(database) && statSync(database).size >= HEADER_BYTES;
}

/** What is written only once there is an entry shows that a ledger was here, and is gone. */
function refuseIfKnown({ database, checkpoint, ca }: DataFolder): void {
  const trace = [checkpoint, ca].find((path) => existsSync(path));
  if (trace === undefined) return;
  throw new StorageFault("database_rolled_back", `${database} holds no ledger, but ${trace} is of one that was here.`);
}

function storedSeeds({ folder, keyring }: Place): Seeds | undefined {
  settleJournal(folder.database);
  const storage = new SqliteStorage(folder.database, keyring.subkeys.stateMac);
  try {
    const head = headOf(storage);
    if (head === undefined || head.size === 0) return undefined;
    const ledger = openKey(storage, keyring, LEDGER_KEY);
    return { ...head, ledger, authority: openKey(storage, keyring, AUTHORITY_KEY), newKeys: [] };
  } finally {
    storage.close();
  }
}

/** Left by a process that was killed while it made the database; only a connection that may write can roll it back. */
function settleJournal(database: string): void {
  if (existsSync(`${database}-journal`)) openWriteConnection(database).close();
}

function headOf(storage: SqliteStorage): { readonly origin: string; readonly size: number } | undefined {
  const { database } = storage;
  if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'head'").get() === undefined) return undefined;
  const row = database.prepare("SELECT origin, size FROM head").get();
  if (row === undefined) throw new StorageFault("database_damaged", "The ledger's head is missing.");
  return { origin: String(row["origin"]), size: Number(row["size"]) };
}

function openKey(storage: SqliteStorage, keyring: Keyring, name: string): Uint8Array {
  try {
    const stored = storage.row(serverKeysTable, { name });
    if (stored !== undefined) return keyring.serverKeys.open(stored);
  } catch (cause) {
    if (!isKeyMismatch(cause)) throw cause;
    throw new StartFailure(
      "root_key",
      "The root key does not open this database.",
      "Use the root key that the data was made with, and the data that belongs to it.",
      cause,
    );
  }
  throw new StorageFault("database_damaged", `The database holds no key named ${name}.`);
}

const isKeyMismatch = (cause: unknown): boolean =>
  cause instanceof Refusal || (cause instanceof StorageFault && cause.code === "state_tampered");

/** Of a ledger that begins now; its first entry has to hold them. */
export function newSeeds(keyring: Keyring, now: number): Seeds {
  const ledger = keyring.serverKeys.create(LEDGER_KEY, now, (seed) => signerFromSeed(seed).publicKey);
  const authority = keyring.serverKeys.create(AUTHORITY_KEY, now);
  return {
    origin: newLogOrigin(random(16)),
    ledger: ledger.seed,
    authority: authority.seed,
    newKeys: [ledger.change, authority.change],
  };
}
