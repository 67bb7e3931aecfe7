import { placeOf, type PostgresSettings } from "@holdfast/postgres";
import type { Configuration } from "../configuration.ts";
import { StartFailure } from "@holdfast/runtime";
import { postgresFailure, sqliteFailure } from "../storage-failure.ts";
import { StorageRefused } from "./storage-refused.ts";

/** The database server that the settings name; there has to be one. */
export function storageOf({ storage }: Configuration): PostgresSettings {
  if (storage !== undefined) return storage;
  throw new StorageRefused(
    "not_configured",
    "No setting says which PostgreSQL.",
    "Set HOLDFAST_STORAGE_URL, such as postgres://holdfast@db.example:5432/holdfast, and HOLDFAST_STORAGE_PASSWORD_FILE.",
  );
}

/** Runs `work`; what a database, a disk or a network has against it becomes one sentence and what to do. */
export async function explained<T>(settings: PostgresSettings, file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof StorageRefused || cause instanceof StartFailure) throw cause;
    if (cause instanceof Error && "errcode" in cause) throw sqliteFailure(cause, file);
    throw denied(cause) ?? postgresFailure(cause, placeOf(settings));
  }
}

const PERMISSION_DENIED = "42501";

/** What the database does not let this role do, itself or through whoever asked on our behalf. */
function denied(cause: unknown): StorageRefused | undefined {
  if (!(cause instanceof Error)) return undefined;
  if (!("code" in cause) || cause.code !== PERMISSION_DENIED) return denied(cause.cause);
  const hint = "Connect as the role that owns the tables, or that is to own them.";
  return new StorageRefused(
    "not_allowed",
    `The database does not let this role do that: ${cause.message}.`,
    hint,
    cause,
  );
}
