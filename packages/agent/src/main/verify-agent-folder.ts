import { resolve } from "node:path";
import type { TreeHead } from "@holdfast/engine";
import { StartFailure } from "@holdfast/runtime";
import { verifyFolder } from "@holdfast/spine";
import type { Verification } from "@holdfast/spine/audit";
import { existsSync } from "node:fs";
import { agentFolderAt } from "./data-folder.ts";
import { ledgerIn } from "./ledger-in.ts";
import { loadSettings, type Told } from "./load-settings.ts";
import { openCredentials } from "./open-credentials.ts";
import { agentRootKey } from "./root-key.ts";

/** Which folder is verified, and how far. */
export interface VerifyAgentFolderOptions {
  /** Settings, of which those of the root key count. */
  readonly told: Told;
  readonly dataDir: string;
  /** Compares every row with the ledger as well. */
  readonly state: boolean;
  /** The head that the caller has seen of this ledger. */
  readonly known?: { readonly head: TreeHead } | undefined;
}

/** Verifies the ledger of an agent that is stopped; nothing is written. */
export async function verifyAgentFolder(options: VerifyAgentFolderOptions): Promise<Verification> {
  const { told, state, known } = options;
  const dataDir = resolve(options.dataDir);
  const { settings } = loadSettings({ ...told, flags: { ...told.flags, dataDir } });
  const folder = agentFolderAt(dataDir);
  if (!existsSync(folder.database)) {
    throw new StartFailure("data_folder", `There is no ledger in ${dataDir}.`, "Name the data folder of an agent.");
  }
  const { store } = await openCredentials({ settings, folder, environment: told.env });
  const rootKey = await agentRootKey(settings.rootKey, store).read(true);
  return verifyFolder({ place: ledgerIn(folder), rootKey, state, known: known?.head });
}
