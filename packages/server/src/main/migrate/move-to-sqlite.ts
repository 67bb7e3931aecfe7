import { connect, placeOf, type PostgresSettings } from "@holdfast/postgres";
import { tables } from "../tables.ts";
import type { CopySource } from "./copy.ts";
import { explained } from "./explained.ts";
import { installationOf, moveBetween, rootKeyOf, type MovedInstallation, type MoveOptions } from "./installation.ts";
import { openPostgresSource } from "./postgres-source.ts";
import { SqliteTarget } from "./sqlite-target.ts";

/** Moves the ledger and state of the database that HOLDFAST_STORAGE_URL names into a data folder that has none. */
export async function moveToSqlite({ env, onProgress }: MoveOptions): Promise<MovedInstallation> {
  const installation = installationOf(env);
  const { settings, folder, rootKeyFile } = installation;
  return explained(settings, folder.database, async () => {
    // Before the folder is made.
    rootKeyOf(installation);
    const source = await openSource(settings);
    const target = new SqliteTarget(folder.database, tables);
    try {
      const from = { source, place: { kind: "postgres", settings } } as const;
      const to = { target, place: () => ({ kind: "sqlite", database: target.ledger }) as const };
      const moved = await moveBetween(installation, from, to, onProgress);
      return { ...moved, from: placeOf(settings), to: folder.database, rootKeyFile };
    } finally {
      await target.close();
      await source.close();
    }
  });
}

async function openSource(settings: PostgresSettings): Promise<CopySource> {
  const database = await connect(settings, "snapshot");
  try {
    return await openPostgresSource(database, tables);
  } catch (error) {
    await database.end();
    throw error;
  }
}
