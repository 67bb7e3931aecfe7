import { createDatabase, type TestDatabase } from "./postgres.ts";

/** Which back end the servers of this run use: the one switch, set by the project in `vitest.config.ts`. */
export const storage: "sqlite" | "postgres" =
  process.env["HOLDFAST_TEST_STORAGE"] === "postgres" ? "postgres" : "sqlite";

const databases = new Map<string, Promise<TestDatabase>>();

/** What tells a server, or a command beside it, where its data is: each data folder has one database as long as a file runs. */
export async function storageSettings(dataDir: string): Promise<Readonly<Record<string, string>>> {
  if (storage === "sqlite") return {};
  const database = databases.get(dataDir) ?? createDatabase();
  databases.set(dataDir, database);
  return { HOLDFAST_STORAGE_URL: (await database).url };
}

/** Drops what the servers of this file had. */
export async function dropDatabases(): Promise<void> {
  for (const database of databases.values()) await (await database).drop();
  databases.clear();
}
