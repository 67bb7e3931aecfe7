import type { Operations } from "@holdfast/contract/types";
import { printable } from "../../terminal/printable.ts";
import type { Style } from "../../terminal/style.ts";
import { table } from "../../terminal/table.ts";

export type QueryResult = Operations["query.run"]["output"];

/** How rows are shown: as a table, as RFC 4180 text, or a line for each value. */
export type RowFormat = "table" | "csv" | "line";

export const rowFormats: readonly RowFormat[] = ["table", "csv", "line"];

/** Rows in one of the formats. `isForPeople`: on a terminal, where no value may act. */
export function showRows(result: QueryResult, format: RowFormat, style: Style, isForPeople: boolean): string {
  if (format === "csv") return csv(result, isForPeople ? printable : (text) => text);
  return format === "line" ? lines(result, style) : columns(result, style);
}

type Cell = QueryResult["rows"][number][number];

const shown = (cell: Cell | undefined): string => (cell === null || cell === undefined ? "NULL" : String(cell));

function columns({ columns: names, rows }: QueryResult, style: Style): string {
  const [heading = "", ...body] = table([names, ...rows.map((row) => row.map(shown))]).split("\n");
  return [style.bold(heading), ...body].join("\n");
}

/** What is wider than a terminal is read better from top to bottom. */
function lines({ columns: names, rows }: QueryResult, style: Style): string {
  const blocks = rows.map((row) => table(names.map((name, index) => [name, shown(row[index])])));
  return blocks.join(style.dim("--\n"));
}

/** RFC 4180: what is not known is empty, and an empty text has its quotes. */
function csv({ columns: names, rows }: QueryResult, made: (text: string) => string): string {
  const line = (cells: readonly Cell[]): string => `${cells.map((cell) => field(cell, made)).join(",")}\r\n`;
  return [names, ...rows].map(line).join("");
}

function field(cell: Cell, made: (text: string) => string): string {
  if (cell === null) return "";
  const text = made(String(cell));
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
