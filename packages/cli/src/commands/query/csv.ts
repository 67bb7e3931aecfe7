import type { QueryResult } from "./show-rows.ts";

type Cell = QueryResult["rows"][number][number];

/** How values become CSV. */
export interface CsvOptions {
  /** Texts stay as they are, also those that a spreadsheet takes for a formula. */
  readonly isExact: boolean;
  /** What is done to each text last, such as for a terminal. */
  readonly made: (text: string) => string;
}

/**
 * What a spreadsheet may take for the beginning of a formula (OWASP, CSV Injection), also in its full-width form. Command
 * lines and names of files are chosen by whoever is watched. Where numbers have a comma, spreadsheets cut lines at
 * semicolons, within quotes too, and whoever imports may choose tabs: a cell begins behind each of them.
 */
const FORMULA = /^(?=[\t\r\n])|(?<=^|[;\t\r\n])(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;

/** RFC 4180: what is not known is empty, and an empty text has its quotes. */
export function csvOf({ columns, rows }: QueryResult, options: CsvOptions): string {
  return [columns, ...rows].map((cells) => `${cells.map((cell) => field(cell, options)).join(",")}\r\n`).join("");
}

function field(cell: Cell, { isExact, made }: CsvOptions): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const harmless = isExact ? cell : cell.replaceAll(FORMULA, "'");
  const isFormula = harmless !== cell;
  const text = made(harmless);
  return isFormula || text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
