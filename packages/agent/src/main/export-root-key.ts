import { existsSync } from "node:fs";
import { toHex } from "@holdfast/kernel/bytes";
import { StartFailure } from "@holdfast/runtime";
import { agentFolderAt } from "./data-folder.ts";
import { loadSettings, type Told } from "./load-settings.ts";
import { openCredentials } from "./open-credentials.ts";
import { agentRootKey } from "./root-key.ts";

/**
 * The root key of an agent's ledger in hexadecimal, from wherever the agent has it; nothing is written, and the agent may run.
 * Throws the StartFailure that the agent would.
 */
export async function exportRootKey(told: Told): Promise<string> {
  const { settings } = loadSettings(told);
  const folder = agentFolderAt(settings.dataDir);
  if (!existsSync(folder.database)) {
    throw new StartFailure("data_folder", `There is no ledger in ${folder.path}.`, "Name the data folder of an agent.");
  }
  const { store } = await openCredentials({ settings, folder, environment: told.env });
  return toHex(await agentRootKey(settings.rootKey, store).read(true));
}
