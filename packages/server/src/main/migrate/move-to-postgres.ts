import { checkServer, connect, placeOf, type PostgresSettings, prepareSchema } from "@holdfast/postgres";
import { tables } from "../tables.ts";
import { explained } from "./explained.ts";
import { installationOf, moveBetween, type MovedInstallation, type MoveOptions } from "./installation.ts";
import { PostgresTarget } from "./postgres-target.ts";
import { openSqliteSource } from "./sqlite-source.ts";

/** Moves the ledger and state of a data folder into the database that HOLDFAST_STORAGE_URL names. */
export async function moveToPostgres({ env, onProgress }: MoveOptions): Promise<MovedInstallation> {
  const installation = installationOf(env);
  const { settings, folder, rootKeyFile } = installation;
  return explained(settings, folder.database, async () => {
    const source = openSqliteSource(folder.database, tables);
    try {
      const target = await connectTarget(settings);
      const from = { source, place: { kind: "sqlite", database: folder.database } } as const;
      const to = { target, place: () => ({ kind: "postgres", settings }) as const };
      try {
        const moved = await moveBetween(installation, from, to, onProgress);
        return { ...moved, from: folder.database, to: placeOf(settings), rootKeyFile };
      } finally {
        await target.close();
      }
    } finally {
      await source.close();
    }
  });
}

/** As one who may make tables; a database that would not keep what it acknowledges is refused here as by a server. */
async function connectTarget(settings: PostgresSettings): Promise<PostgresTarget> {
  const database = await connect(settings, "migration");
  try {
    await checkServer(database, settings);
    const migrate = async (): Promise<void> => void (await prepareSchema(database, tables, settings));
    return new PostgresTarget({ database, tables, migrate });
  } catch (error) {
    await database.end();
    throw error;
  }
}
