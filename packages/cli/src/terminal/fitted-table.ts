import { fitted } from "./fit.ts";
import { printable } from "./printable.ts";
import { table } from "./table.ts";

/** A column is not made narrower than this; what is still too wide is cut where the terminal ends. */
const LEAST_WIDTH = 12;
const GAP = 2;

/** A table as text. */
export interface FittedTable {
  readonly text: string;
  /** Whether something does not show. */
  readonly isCut: boolean;
}

/** A table whose widest columns are narrowed until a line fits the terminal; whole where there is none. */
export function fittedTable(
  rows: readonly (readonly (string | number | undefined)[])[],
  columns: number | undefined,
): FittedTable {
  const whole = table(rows);
  if (columns === undefined || whole.split("\n").every((line) => line.length <= columns)) {
    return { text: whole, isCut: false };
  }
  const cells = rows.map((row) => row.map((cell) => printable(String(cell ?? "-"))));
  const widths = narrowed(widthsOf(cells), columns);
  const cut = cells.map((row) => row.map((cell, column) => fitted(cell, widths[column])));
  const lines = table(cut).split("\n");
  return { text: lines.map((line) => fitted(line, columns)).join("\n"), isCut: true };
}

const widthsOf = (cells: readonly (readonly string[])[]): number[] =>
  cells.reduce<number[]>((most, row) => row.map((cell, column) => Math.max(most[column] ?? 0, cell.length)), []);

/** Room goes first to columns that need little; the others share what is left. */
function narrowed(widths: readonly number[], columns: number): number[] {
  let room = columns - GAP * (widths.length - 1);
  const result = [...widths];
  const byWidth = widths.map((width, column) => ({ width, column })).toSorted((a, b) => a.width - b.width);
  for (const [index, { width, column }] of byWidth.entries()) {
    const share = Math.max(LEAST_WIDTH, Math.floor(room / (byWidth.length - index)));
    result[column] = Math.min(width, share);
    room -= Math.min(width, share);
  }
  return result;
}
