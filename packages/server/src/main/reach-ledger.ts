import { type LedgerPlace, type SqliteLedger, sqlitePlace } from "@holdfast/spine";
import type { Configuration } from "./configuration.ts";
import { type DataFolder, tracesOf } from "./data-folder.ts";
import { reachPostgres } from "./open-postgres-ledger.ts";
import { sqliteFailures } from "./storage-failure.ts";
import { tables } from "./tables.ts";

/** The database that the configuration names: one of several nodes', or this folder's own. */
export async function reachLedger(configuration: Configuration, folder: DataFolder): Promise<LedgerPlace> {
  const { storage, nodeName } = configuration;
  return storage === undefined ? sqlitePlace(sqliteLedger(folder)) : reachPostgres(folder, storage, nodeName);
}

/** The ledger in a server's data folder. */
export const sqliteLedger = (folder: DataFolder): SqliteLedger => ({
  folder,
  tables,
  traces: tracesOf(folder),
  failures: sqliteFailures,
});
