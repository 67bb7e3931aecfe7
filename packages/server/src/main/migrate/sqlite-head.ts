import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { openReadConnection } from "@holdfast/engine/sqlite-file";
import type { SignedHead } from "@holdfast/kernel/head";

/** The head of a database that may hold no tables yet; it has not been verified. */
export function headOf(database: DatabaseSync): SignedHead | undefined {
  if (!hasTable(database, "head")) return undefined;
  const row = database.prepare("SELECT origin, size, chain, root, epoch, signature FROM head WHERE id = 0").get();
  return row === undefined ? undefined : ({ ...row } as unknown as SignedHead);
}

/** The head of the database with this name; undefined when there is no such file, or no head in it. */
export function headIn(path: string): SignedHead | undefined {
  if (!existsSync(path)) return undefined;
  const database = openReadConnection(path);
  try {
    return headOf(database);
  } finally {
    database.close();
  }
}

export function hasTable(database: DatabaseSync, name: string): boolean {
  return database.prepare("SELECT 1 FROM sqlite_master WHERE name = ?").get(name) !== undefined;
}
