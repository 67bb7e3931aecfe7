import type { Table } from "@holdfast/engine";
import { relationOf } from "./relation.ts";
import { StorageRefused } from "./storage-refused.ts";

/** Columns by table, as a database has them. */
export type StoredTables = ReadonlyMap<string, readonly string[]>;

/** Gathers rows of `table` and `column`. */
export function storedTables(rows: Iterable<Readonly<Record<string, unknown>>>): StoredTables {
  const found = new Map<string, string[]>();
  for (const row of rows) {
    const table = String(row["table"]);
    found.set(table, [...(found.get(table) ?? []), String(row["column"])]);
  }
  return found;
}

/**
 * Insists that the database holds exactly what this program knows: of another version, something would be left behind, or
 * looked for where it is not. `system`: tables that are copied in their own way, or made anew.
 */
export function insistKnown(stored: StoredTables, tables: readonly Table[], system: readonly string[]): void {
  const declared = new Map(tables.map((table) => [table.name, relationOf(table).columns.map(({ name }) => name)]));
  for (const [table, columns] of declared) {
    const found = stored.get(table) ?? [];
    if (columns.some((column) => !found.includes(column))) throw older(table);
  }
  for (const [table, columns] of stored) {
    if (system.includes(table)) continue;
    const known = declared.get(table) ?? [];
    if (columns.some((column) => !known.includes(column))) throw newer(table);
  }
}

const older = (table: string): StorageRefused =>
  new StorageRefused(
    "source_unfit",
    `An older version of Holdfast wrote this database: ${table} is not as this version has it.`,
    "Start a server of this version on it once, which brings it up to date; stop it, and run this again.",
  );

const newer = (table: string): StorageRefused =>
  new StorageRefused(
    "source_unfit",
    `A newer version of Holdfast wrote this database: ${table} holds what this version does not know.`,
    "Use the version that wrote it.",
  );
