import { printable } from "./printable.ts";

/** Lines of cells in columns, two blanks apart; the last column is not padded, and empty columns are left out. Cells cannot break out of their line. */
export function table(rows: readonly (readonly (string | number | undefined)[])[]): string {
  const cells = rows.map((row) => row.map((cell) => printable(String(cell ?? "-"))));
  const widths = cells.reduce<number[]>(
    (most, row) => row.map((cell, column) => Math.max(most[column] ?? 0, cell.length)),
    [],
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .filter((_, column) => widths[column] !== 0)
      .join("  ");
  return cells.map((row) => `${line(row).trimEnd()}\n`).join("");
}
