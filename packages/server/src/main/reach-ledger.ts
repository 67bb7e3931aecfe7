import type { Configuration } from "./configuration.ts";
import type { DataFolder } from "./data-folder.ts";
import type { LedgerPlace } from "./ledger-place.ts";
import { reachPostgres } from "./open-postgres-ledger.ts";
import { sqlitePlace } from "./open-sqlite-ledger.ts";

/** The database that the configuration names: one of several nodes', or this folder's own. */
export async function reachLedger(configuration: Configuration, folder: DataFolder): Promise<LedgerPlace> {
  const { storage, nodeName } = configuration;
  return storage === undefined ? sqlitePlace(folder) : reachPostgres(folder, storage, nodeName);
}
