import { StorageFault } from "@holdfast/engine";
import type pg from "pg";
import { inTransaction } from "./query.ts";
import { MIGRATIONS, type Migration } from "./system-schema.ts";

/** What the database says of itself; version 0 has nothing yet. */
export interface SchemaVersion {
  readonly version: number;
  readonly compatibleFrom: number;
}

/** The newest version that this program knows. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * The system schema's version as found; refuses only a schema whose makers say that this program cannot work with it,
 * so that nodes of two adjacent versions can run side by side.
 */
export async function schemaVersion(client: pg.ClientBase): Promise<SchemaVersion> {
  const { rows } = await client.query<{ exists: boolean }>(
    "SELECT to_regclass('holdfast.schema_version') IS NOT NULL AS exists",
  );
  if (rows[0]?.exists !== true) return { version: 0, compatibleFrom: 0 };
  const found = await newest(client);
  if (found.compatibleFrom > SCHEMA_VERSION) {
    throw new StorageFault(
      "database_newer",
      `The database has version ${found.version}, which nodes from version ${found.compatibleFrom} on can use; this program knows up to ${SCHEMA_VERSION}.`,
    );
  }
  return found;
}

async function newest(client: pg.ClientBase): Promise<SchemaVersion> {
  const { rows } = await client.query<SchemaVersion>(
    'SELECT version, compatible_from AS "compatibleFrom" FROM holdfast.schema_version ORDER BY version DESC LIMIT 1',
  );
  return rows[0] ?? { version: 0, compatibleFrom: 0 };
}

/** Brings the system tables to the newest version, one transaction each; returns the version found. */
export async function migrate(client: pg.ClientBase): Promise<SchemaVersion> {
  const found = await schemaVersion(client);
  if (found.version >= SCHEMA_VERSION) return found;
  if (found.version === 0) await createVersionTable(client);
  for (const migration of MIGRATIONS.slice(found.version)) await apply(client, migration);
  return found;
}

/** IF NOT EXISTS does not save two who create at the same time from each other: the later one fails, and repeats. */
async function createVersionTable(client: pg.ClientBase): Promise<void> {
  await client.query(`
    CREATE SCHEMA IF NOT EXISTS holdfast;
    CREATE TABLE IF NOT EXISTS holdfast.schema_version (version integer PRIMARY KEY,
      compatible_from integer NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());
    INSERT INTO holdfast.schema_version (version, compatible_from) VALUES (0, 0) ON CONFLICT DO NOTHING`);
}

/** The row of version 0 is never changed: whoever holds it is alone. What is found after it was won is the truth. */
async function apply(client: pg.ClientBase, { version, compatibleFrom, sql }: Migration): Promise<void> {
  await inTransaction(client, async () => {
    await client.query("SELECT FROM holdfast.schema_version WHERE version = 0 FOR UPDATE");
    if ((await newest(client)).version >= version) return;
    await client.query(sql);
    await client.query("INSERT INTO holdfast.schema_version (version, compatible_from) VALUES ($1, $2)", [
      version,
      compatibleFrom,
    ]);
  });
}
