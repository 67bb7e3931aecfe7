import type { Operations } from "@holdfast/contract/types";
import { fittedTable } from "../../terminal/fitted-table.ts";
import type { Output } from "../../terminal/output.ts";
import { printable } from "../../terminal/printable.ts";
import type { Style } from "../../terminal/style.ts";
import { table } from "../../terminal/table.ts";
import { csvOf } from "./csv.ts";

/** What a query found. */
export type QueryResult = Operations["query.run"]["output"];

/** How rows are shown: as a table, as RFC 4180 text, or a line for each value. */
export type RowFormat = "table" | "csv" | "line";

/** Every way to show rows. */
export const rowFormats: readonly RowFormat[] = ["table", "csv", "line"];

/** Where rows go: a terminal has a width, and no value may act on it. */
export type RowOutput = Pick<Output, "isTerminal" | "columns" | "style">;

/** Rows as text. */
export interface ShownRows {
  readonly text: string;
  /** Values do not show whole for want of room. */
  readonly isCut: boolean;
}

/** Rows in one of the formats. `isExact`: CSV holds what a spreadsheet would take for a formula as it is. */
export function showRows(result: QueryResult, format: RowFormat, output: RowOutput, isExact = false): ShownRows {
  if (format === "csv") {
    const made = output.isTerminal ? printable : (text: string) => text;
    return { text: csvOf(result, { isExact, made }), isCut: false };
  }
  return format === "line" ? { text: lines(result, output.style), isCut: false } : columns(result, output);
}

type Cell = QueryResult["rows"][number][number];

const shown = (cell: Cell | undefined): string => (cell === null || cell === undefined ? "NULL" : String(cell));

function columns({ columns: names, rows }: QueryResult, { style, columns: width }: RowOutput): ShownRows {
  const { text, isCut } = fittedTable([names, ...rows.map((row) => row.map(shown))], width());
  const [heading = "", ...body] = text.split("\n");
  return { text: [style.bold(heading), ...body].join("\n"), isCut };
}

/** What is wider than a terminal is read better from top to bottom. */
function lines({ columns: names, rows }: QueryResult, style: Style): string {
  const blocks = rows.map((row) => table(names.map((name, index) => [name, shown(row[index])])));
  return blocks.join(style.dim("--\n"));
}
