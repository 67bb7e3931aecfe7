import { fromHex, fromUtf8 } from "@holdfast/kernel/bytes";
import type { Cell, Row, Table } from "../table.ts";

/** One change as a payload lists it: table, key cells (blobs as hex), verb, row hash as hex. */
export type ListedChange = readonly [
  table: string,
  key: readonly (string | number)[],
  verb: "put" | "delete",
  hash: string,
];

/** The payload is what was committed to, so that its form is the gate's. */
export function changesIn(payload: Uint8Array): readonly ListedChange[] {
  const { changes } = JSON.parse(fromUtf8(payload)) as { readonly changes?: readonly ListedChange[] };
  return changes ?? [];
}

/** Its key as a row has it. */
export function keyOf(table: Table, cells: readonly (string | number)[]): Row {
  const row: Record<string, Cell> = {};
  for (const [index, name] of table.key.entries()) {
    const cell = cells[index] as Cell;
    row[name] = table.columns[name] === "blob" && typeof cell === "string" ? fromHex(cell) : cell;
  }
  return row;
}
