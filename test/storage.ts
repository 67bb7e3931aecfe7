import { createDatabase, type TestDatabase } from "./postgres.ts";

/** The one switch, set by the project in `vitest.config.ts`. */
const chosen = process.env["HOLDFAST_TEST_STORAGE"];

/** Which back end the servers of this run use. */
export const storage: "sqlite" | "postgres" = chosen === undefined ? "sqlite" : "postgres";

/** What a plain run goes without: engines that only speak PostgreSQL's protocol may have neither. */
export const storageFeatures: Readonly<Record<string, string>> =
  chosen === "plain" ? { HOLDFAST_STORAGE_NOTIFY: "off", HOLDFAST_STORAGE_LOCKS: "off" } : {};

const databases = new Map<string, Promise<TestDatabase>>();

/** What tells a server, or a command beside it, where its data is: each data folder has one database as long as a file runs. */
export async function storageSettings(dataDir: string): Promise<Readonly<Record<string, string>>> {
  if (storage === "sqlite") return {};
  const database = databases.get(dataDir) ?? createDatabase();
  databases.set(dataDir, database);
  return { HOLDFAST_STORAGE_URL: (await database).url, ...storageFeatures };
}

/** Drops what the servers of this file had. */
export async function dropDatabases(): Promise<void> {
  for (const database of databases.values()) await (await database).drop();
  databases.clear();
}
