import { StorageFault } from "@holdfast/engine";
import { connect, grantRuntime, placeOf, prepareSchema, SCHEMA_VERSION } from "@holdfast/postgres";
import { configurationFrom } from "../configuration.ts";
import type { Environment } from "@holdfast/runtime";
import { dataFolderAt } from "../data-folder.ts";
import { tables } from "../tables.ts";
import { explained, storageOf } from "./explained.ts";
import { hasRelation } from "./postgres-head.ts";
import { StorageRefused } from "./storage-refused.ts";

type Client = Awaited<ReturnType<typeof connect>>;

export interface PreparedStorage {
  readonly place: string;
  /** Version of the system tables as found; 0 when there were none. */
  readonly found: number;
  readonly version: number;
}

/** Brings the tables of the database up to date, beside running nodes; has to be done as their owner. */
export async function migrateStorage(env: Environment): Promise<PreparedStorage> {
  return asOwner(env, async (database, place, hasLocks) => {
    const { version } = await prepareSchema(database, tables, { hasLocks });
    return { place, found: version, version: Math.max(version, SCHEMA_VERSION) };
  });
}

/** Gives a role of the database what a node needs, and nothing else; has to be done as the owner of the tables. */
export async function grantStorage(
  env: Environment,
  role: string,
): Promise<{ readonly place: string; readonly role: string }> {
  return asOwner(env, async (database, place) => {
    if (!(await hasRelation(database, "entries"))) {
      const hint = "Run `holdfast storage migrate` first, as the role that is to own them.";
      throw new StorageRefused("schema_missing", "The database has no tables yet.", hint);
    }
    await grant(database, role);
    return { place, role };
  });
}

async function grant(database: Client, role: string): Promise<void> {
  try {
    await grantRuntime(database, role);
  } catch (fault) {
    if (!(fault instanceof StorageFault)) throw fault;
    const hint = "Name a role that exists and owns nothing here; deploy/postgres/roles.sql makes one.";
    throw new StorageRefused("role_unfit", fault.message, hint, fault);
  }
}

async function asOwner<T>(
  env: Environment,
  work: (database: Client, place: string, hasLocks: boolean) => Promise<T>,
): Promise<T> {
  const configuration = configurationFrom(env);
  const settings = storageOf(configuration);
  return explained(settings, dataFolderAt(configuration.dataDir).database, async () => {
    const database = await connect(settings, "migration");
    try {
      return await work(database, placeOf(settings), settings.hasLocks);
    } finally {
      await database.end();
    }
  });
}
