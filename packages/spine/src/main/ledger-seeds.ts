import { existsSync } from "node:fs";
import { type Change, type LedgerReader, Refusal, type Storage, StorageFault } from "@holdfast/engine";
import { random, signerFromSeed } from "@holdfast/engine/crypto";
import { newLogOrigin } from "@holdfast/kernel/id";
import { type Keyring, serverKeysTable } from "../keyring/index.ts";
import { StartFailure } from "@holdfast/runtime";

const LEDGER_KEY = "ledger";
const AUTHORITY_KEY = "authority";

/** Name of a ledger, and the private keys that the database holds for it. */
export interface Seeds {
  readonly origin: string;
  readonly ledger: Uint8Array;
  readonly authority: Uint8Array;
  readonly newKeys: readonly Change[];
}

/** Where seeds are read from, and what opens them. */
export interface SeedSource {
  readonly reader: LedgerReader;
  readonly storage: Storage;
  readonly keyring: Keyring;
}

/** Undefined when there is no ledger yet: one without an entry was never begun. */
export async function readSeeds({ reader, storage, keyring }: SeedSource): Promise<Seeds | undefined> {
  const head = await reader.head();
  if (head === undefined && (await reader.size()) > 0) {
    throw new StorageFault("database_damaged", "The ledger's head is missing.");
  }
  if (head === undefined || head.size === 0) return undefined;
  const ledger = await openKey(storage, keyring, LEDGER_KEY);
  return { origin: head.origin, ledger, authority: await openKey(storage, keyring, AUTHORITY_KEY), newKeys: [] };
}

/** Files that are written only once there is an entry show that a ledger was here, and is gone. */
export function refuseIfKnown(traces: readonly string[], place: string): void {
  const trace = traces.find((path) => existsSync(path));
  if (trace === undefined) return;
  throw new StorageFault("database_rolled_back", `${place} holds no ledger, but ${trace} is of one that was here.`);
}

async function openKey(storage: Storage, keyring: Keyring, name: string): Promise<Uint8Array> {
  const stored = await storedKey(storage, name);
  if (stored === undefined) throw new StorageFault("database_damaged", `The database holds no key named ${name}.`);
  try {
    return keyring.serverKeys.open(stored);
  } catch (cause) {
    if (cause instanceof Refusal) throw wrongRootKey(cause);
    throw cause;
  }
}

/** Its MAC is made with a key that derives from the root key. */
async function storedKey(storage: Storage, name: string) {
  try {
    return await storage.row(serverKeysTable, { name });
  } catch (cause) {
    if (cause instanceof StorageFault && cause.code === "state_tampered") throw wrongRootKey(cause);
    throw cause;
  }
}

function wrongRootKey(cause: unknown): StartFailure {
  return new StartFailure(
    "root_key",
    "The root key does not open this database.",
    "Use the root key that the data was made with, and the data that belongs to it.",
    cause,
  );
}

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
