import type { DatabaseSync } from "node:sqlite";
import type { Table } from "../table.ts";

/**
 * The first disagreement between a table's rows and its indexes; undefined when there is none. Rows are bound to the
 * ledger, indexes only to the rows: without this, a row that its index no longer knows would be verified and never found.
 */
export function indexFault(database: DatabaseSync, table: Table): string | undefined {
  const found = database.prepare(`PRAGMA integrity_check("${table.name}")`).get()?.["integrity_check"];
  return found === "ok" ? undefined : String(found);
}
