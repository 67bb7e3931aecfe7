import { isKeyword } from "./sql/keywords.ts";
import type { Column, RuleTable } from "./tables.ts";

/** What a column holds when nothing is known of it; NULL is never there. */
const unknownValues: ReadonlyMap<string, number> = new Map([
  ["on_disk", 1],
  ["auid", -1],
  ["exit_code", -1],
  ["duration_ms", -1],
  ["is_complete", 1],
]);

/** The value of a column that a row does not name. */
function unknownValue(column: Column): string | number {
  return column.type === "text" ? "" : (unknownValues.get(column.name) ?? 0);
}

/** `CREATE TABLE` for a table that rules read, to try rules on. */
export function createTableSql(table: RuleTable): string {
  const columns = table.columns.map((column) => {
    const value = unknownValue(column);
    const shown = typeof value === "string" ? "''" : String(value);
    return `${quoted(column.name)} ${column.type.toUpperCase()} NOT NULL DEFAULT ${shown}`;
  });
  return `CREATE TABLE ${quoted(table.name)} (${columns.join(", ")})`;
}

/** `INSERT` for a row, with a `?` for each of its columns; the columns have to be the table's (ATTACKS 35). */
export function insertSql(table: RuleTable, columns: readonly string[]): string {
  const odd = columns.find((name) => !table.columns.some((column) => column.name === name));
  if (odd !== undefined) throw new TypeError(`the table ${table.name} has no such column`);
  if (columns.length === 0) return `INSERT INTO ${quoted(table.name)} DEFAULT VALUES`;
  const marks = columns.map(() => "?").join(", ");
  return `INSERT INTO ${quoted(table.name)} (${columns.map(quoted).join(", ")}) VALUES (${marks})`;
}

function quoted(name: string): string {
  return isKeyword(name) ? `"${name}"` : name;
}
