import { createHash } from "node:crypto";
import type { Cell } from "./finding.ts";

const MAX_LENGTH = 2048;

/** Columns that differ between two rows of the same thing; they tell no findings apart unless a rule says so. */
const CHANGING: ReadonlySet<string> = new Set([
  "seq",
  "time",
  "pid",
  "parent",
  "start_time",
  "first_seen",
  "last_seen",
  "duration_ms",
  "fd",
  "socket",
  "inode",
  "resident_size",
  "total_size",
  "user_time",
  "system_time",
  "disk_bytes_read",
  "disk_bytes_written",
]);

/** Stands for all findings of a rule that finds more than can be raised one by one. No row makes this key. */
export const FLOOD_KEY = "\\*";

/**
 * What tells findings of one rule apart: the values of its columns. Neither a comma in a value nor a value that is too
 * long gives two findings one key, or a chosen value would hide in the alert of another.
 */
export function dedupKeyOf(columns: readonly string[], row: Readonly<Record<string, Cell>>): string {
  const key = chosen(columns, row)
    .map((column) => escaped(row[column] ?? ""))
    .join(",");
  if (key.length <= MAX_LENGTH) return key === "" ? "-" : key;
  const rest = createHash("sha256").update(key).digest("hex");
  return `${key.slice(0, MAX_LENGTH - rest.length - 1).toWellFormed()}#${rest}`;
}

/** A rule that names no columns means what a reader would say it found: a program and whose it is, or a file. */
function chosen(columns: readonly string[], row: Readonly<Record<string, Cell>>): readonly string[] {
  const named = columns.filter((column) => Object.hasOwn(row, column));
  if (named.length > 0) return named;
  if (Object.hasOwn(row, "target_path")) return ["target_path"];
  if (Object.hasOwn(row, "path")) return ["path", ...(Object.hasOwn(row, "username") ? ["username"] : [])];
  return Object.keys(row).filter((column) => !CHANGING.has(column));
}

function escaped(value: Cell): string {
  return String(value)
    .replaceAll("\u0000", "\u2400")
    .toWellFormed()
    .replace(/[\\,]/g, (character) => `\\${character}`);
}
