import type { Cell } from "./protocol.ts";

export type ResultRow = readonly Cell[];

export interface Difference {
  readonly added: readonly ResultRow[];
  readonly removed: readonly ResultRow[];
}

/** A result as it is remembered. */
export interface StoredResult {
  readonly columns: readonly string[];
  readonly rows: readonly ResultRow[];
}

/** What came and what went between two results; a row that stands there three times is three rows. */
export function differenceOf(before: readonly ResultRow[], after: readonly ResultRow[]): Difference {
  const left = new Map<string, number>();
  for (const row of before) count(left, row, 1);
  const added = after.filter((row) => count(left, row, -1) < 0);
  const removed = before.filter((row) => count(left, row, -1) >= 0);
  return { added, removed };
}

/** Changes how many rows of this kind are left, and returns how many that makes. */
function count(left: Map<string, number>, row: ResultRow, change: 1 | -1): number {
  const key = JSON.stringify(row);
  const number = (left.get(key) ?? 0) + change;
  left.set(key, Math.max(number, 0));
  return number;
}

export const encodeResult = ({ columns, rows }: StoredResult): string => JSON.stringify({ columns, rows });

/** Reads what `encodeResult` wrote; undefined for anything else: the query then begins with a whole result. */
export function decodeResult(text: string | undefined): StoredResult | undefined {
  try {
    const { columns, rows } = JSON.parse(text ?? "") as StoredResult;
    return Array.isArray(columns) && Array.isArray(rows) && rows.every(Array.isArray) ? { columns, rows } : undefined;
  } catch {
    return undefined;
  }
}
