import type { Cell, Change, Row } from "../table.ts";
import { type Column, layoutOf } from "./layout.ts";
import { StorageFault } from "./storage-fault.ts";

/** Refuses a change whose cells do not fit its table's declaration, before it can spoil a batch. */
export function checkChange(change: Change): void {
  const table = "put" in change ? change.put : change.delete;
  const { columns, key } = layoutOf(table);
  const row = "put" in change ? change.row : change.key;
  checkRow(table.name, "put" in change ? columns : key, row);
  if (!Number.isSafeInteger(change.expect) || change.expect < ("put" in change ? 0 : 1)) {
    throw new StorageFault("table_invalid", `a change of ${table.name} expects an impossible row version`);
  }
}

function checkRow(table: string, columns: readonly Column[], row: Row): void {
  let present = 0;
  for (const column of columns) {
    const cell = row[column.name];
    if (cell !== undefined) present++;
    if (!fits(column, cell ?? null)) {
      throw new StorageFault("table_invalid", `column ${table}.${column.name} takes ${column.type} values`);
    }
  }
  if (present !== Object.keys(row).length) {
    throw new StorageFault("table_invalid", `a row of ${table} names a column that is not declared`);
  }
}

function fits(column: Column, cell: Cell): boolean {
  if (cell === null) return column.isOptional;
  if (column.type === "text") return typeof cell === "string";
  return column.type === "integer" ? Number.isSafeInteger(cell) : cell instanceof Uint8Array;
}
