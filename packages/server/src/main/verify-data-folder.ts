import type { TreeHead } from "@holdfast/engine";
import type { Environment } from "@holdfast/runtime";
import { readOrCreateRootKey, readRootKey, verifyFolder } from "@holdfast/spine";
import type { Verification } from "@holdfast/spine/audit";
import { configurationFrom } from "./configuration.ts";
import { type DataFolder, dataFolderAt } from "./data-folder.ts";
import { sqliteLedger } from "./reach-ledger.ts";

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
  return verifyFolder({ place: sqliteLedger(folder), rootKey, state, known: known?.head });
}

/** None is made, and other settings may be as wrong as they like. */
function rootKeyOf(folder: DataFolder, env: Environment): Uint8Array {
  const names = ["HOLDFAST_ROOT_KEY", "HOLDFAST_ROOT_KEY_FILE"];
  const { rootKey } = configurationFrom(Object.fromEntries(names.map((name) => [name, env[name]])));
  return rootKey.kind === "development" ? readRootKey(folder.rootKey) : readOrCreateRootKey(folder, rootKey, true);
}
