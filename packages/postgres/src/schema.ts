import { setTimeout as sleep } from "node:timers/promises";
import { StorageFault, type Table } from "@holdfast/engine";
import type pg from "pg";
import { isRetryable, LOCK_NOT_AVAILABLE, sqlStateOf } from "./database-error.ts";
import { createTables } from "./declared-tables.ts";
import { type SchemaVersion, migrate } from "./migrate-schema.ts";
import { ensurePartitions } from "./partitions.ts";
import { grantRuntime, runtimeRoles } from "./roles.ts";

/** Any number will do, as long as nobody else's migration in this database takes the same. */
const MIGRATION_LOCK = 0x686f_6c64;
const LOCK_POLL_MS = 200;
/** Longer than it takes to prepare any but a large database; anyone who may connect can hold the lock. */
const LOCK_WAIT_MS = 120_000;
const ATTEMPTS = 10;
const PERMISSION_DENIED = "42501";
/** Made by another at the same time: a schema, a table, a row of the catalogue. */
const MADE_BY_ANOTHER = new Set(["23505", "42P06", "42P07", "XX000"]);

export interface SchemaOptions {
  /** Advisory locks work; without them it is right as well, with more attempts. */
  readonly hasLocks?: boolean;
  /** How long is waited for whoever prepares the database at the moment. */
  readonly lockWaitMs?: number;
}

/**
 * Brings the database to what this program needs: system tables, declared tables, partitions of the next months and the
 * rights of runtime roles on what was added. Online, beside running nodes; does nothing, and needs no right to, when
 * nothing is missing. Returns the system schema's version as found.
 */
export async function prepareSchema(
  client: pg.ClientBase,
  tables: readonly Table[],
  { hasLocks = true, lockWaitMs = LOCK_WAIT_MS }: SchemaOptions = {},
): Promise<SchemaVersion> {
  const prepare = (): Promise<SchemaVersion> => prepareOnce(client, tables);
  try {
    return await (hasLocks ? alone(client, lockWaitMs, () => repeated(prepare)) : repeated(prepare));
  } catch (error) {
    throw faultOf(error);
  }
}

function faultOf(error: unknown): unknown {
  switch (sqlStateOf(error)) {
    case PERMISSION_DENIED:
      return new StorageFault(
        "database_unreadable",
        "The database lacks tables or rights, and this role may not make them; prepare it as the tables' owner first.",
        error,
      );
    case LOCK_NOT_AVAILABLE:
      return new StorageFault(
        "database_in_use",
        "A table that has to change stayed locked; try again when no long verification or backup reads it.",
        error,
      );
    default:
      return error;
  }
}

async function prepareOnce(client: pg.ClientBase, tables: readonly Table[]): Promise<SchemaVersion> {
  const found = await migrate(client);
  const created = await createTables(client, tables);
  if (created.length > 0) for (const role of await runtimeRoles(client)) await grantRuntime(client, role);
  await ensurePartitions(client);
  return found;
}

/**
 * Looks for the lock now and then and does not wait in it: an index that is built without holding up writers waits for
 * every statement that began before, and one that waits for the lock would be among these.
 */
async function alone<T>(client: pg.ClientBase, waitMs: number, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  for (;;) {
    const { rows } = await client.query<{ isOurs: boolean }>('SELECT pg_try_advisory_lock($1) AS "isOurs"', [
      MIGRATION_LOCK,
    ]);
    if (rows[0]?.isOurs === true) break;
    if (performance.now() - startedAt > waitMs) {
      throw new StorageFault(
        "database_in_use",
        "Another session holds the lock for preparing the database; try again when it is done, or end it.",
      );
    }
    await sleep(LOCK_POLL_MS);
  }
  try {
    return await work();
  } finally {
    // With the connection the lock is gone too.
    await client.query("SELECT pg_advisory_unlock($1)", [MIGRATION_LOCK]).catch(() => undefined);
  }
}

async function repeated<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const isTransient = isRetryable(error) || MADE_BY_ANOTHER.has(sqlStateOf(error) ?? "");
      if (attempt === ATTEMPTS || !isTransient) throw error;
      await sleep(LOCK_POLL_MS);
    }
  }
}
