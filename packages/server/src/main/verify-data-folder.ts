import type { TreeHead } from "@holdfast/engine";
import { createKeyring } from "@holdfast/spine/keyring";
import type { Verification } from "@holdfast/spine/audit";
import { configurationFrom } from "./configuration.ts";
import type { Environment } from "@holdfast/runtime";
import { type DataFolder, dataFolderAt } from "./data-folder.ts";
import { sqliteLedger } from "./reach-ledger.ts";
import { verifiedAt } from "./storage-place.ts";
import { readIdentity, readOrCreateRootKey, readRootKey, startVerify } from "@holdfast/spine";

export interface VerifyDataFolderOptions {
  readonly dataDir: string;
  /** Compares every row with the ledger as well. */
  readonly state: boolean;
  /** The head that the caller has seen of this ledger. */
  readonly known?: { readonly head: TreeHead } | undefined;
  /** Settings of the server, of which those of the root key count. */
  readonly env?: Environment;
}

/** Verifies a data folder without starting a server on it; nothing is written. */
export async function verifyDataFolder(options: VerifyDataFolderOptions): Promise<Verification> {
  const { dataDir, state, known, env = {} } = options;
  const folder = dataFolderAt(dataDir);
  const rootKey = rootKeyOf(folder, env);
  const identity = await readIdentity(sqliteLedger(folder), createKeyring({ rootKey, suite: 1 }));
  const ledger = { ...identity, known: known === undefined ? [] : [{ size: known.head.size, root: known.head.root }] };
  const place = verifiedAt({ kind: "sqlite", database: folder.database });
  const { durationMs, ...verification } = await startVerify(ledger, place, rootKey, state).result;
  return { ...verification, durationMs: Math.round(durationMs) };
}

/** None is made, and other settings may be as wrong as they like. */
function rootKeyOf(folder: DataFolder, env: Environment): Uint8Array {
  const names = ["HOLDFAST_ROOT_KEY", "HOLDFAST_ROOT_KEY_FILE"];
  const { rootKey } = configurationFrom(Object.fromEntries(names.map((name) => [name, env[name]])));
  return rootKey.kind === "development" ? readRootKey(folder.rootKey) : readOrCreateRootKey(folder, rootKey, true);
}
