import { Failure } from "../../failure.ts";
import { printable } from "../../terminal/printable.ts";

const place = /\bat line (\d{1,9}), column (\d{1,9})$/;

/** The line of a statement that a refusal means, with a mark below the word; empty when it names no place. */
export function pointAt(error: unknown, sql: string): string {
  if (!(error instanceof Failure) || error.code !== "query_refused") return "";
  const [, line, column] = place.exec(error.message) ?? [];
  const text = line === undefined ? undefined : sql.split("\n")[Number(line) - 1];
  if (text === undefined || column === undefined) return "";
  const before = printable(text.slice(0, Number(column) - 1));
  return `${printable(text)}\n${" ".repeat(before.length)}^\n`;
}
