import type { Cell, ResultLimits, RunRequest } from "../protocol.ts";
import { ChildError } from "./failure.ts";
import type { OpenedDatabase } from "./open-database.ts";
import type { Prepared, StatementCache } from "./statement-cache.ts";

/** Runs one statement within its bounds; returns the answer as text, because its size is what is limited. */
export function runStatement(opened: OpenedDatabase, statements: StatementCache, request: RunRequest): string {
  const startedAt = performance.now();
  opened.setBounds(request.bounds);
  const prepared = statements.get(request.sql);
  for (const table of prepared.tables) {
    if (!Object.hasOwn(request.bounds, table)) throw new ChildError("refused", `No bounds were given for ${table}.`);
  }
  const { rows, isTruncated } = collect(prepared, request);
  const durationMs = Math.round((performance.now() - startedAt) * 1_000) / 1_000;
  const { id } = request;
  const rest = JSON.stringify({ kind: "rows", id, columns: prepared.columns, isTruncated, durationMs });
  return `${rest.slice(0, -1)},"rows":[${rows.join(",")}]}`;
}

function collect({ statement }: Prepared, request: RunRequest): { rows: string[]; isTruncated: boolean } {
  const { maxRows, maxBytes } = request;
  const rows: string[] = [];
  let bytes = 0;
  let isCut = false;
  // With setReturnArrays a row is an array, whatever its type says. Leaving the loop early resets the statement.
  for (const row of statement.iterate(...request.parameters.map(bindable)) as Iterable<unknown>) {
    if (rows.length === maxRows) return { rows, isTruncated: true };
    const cells = (row as readonly unknown[]).map((value) => cellOf(value, request));
    const text = JSON.stringify(cells.map(({ cell }) => cell));
    bytes += Buffer.byteLength(text) + 1;
    if (bytes > maxBytes) return { rows, isTruncated: true };
    isCut ||= cells.some(({ isCut }) => isCut);
    rows.push(text);
  }
  return { rows, isTruncated: isCut };
}

/** SQLite divides whole numbers without remainder when they come as integers, and only then. */
function bindable(value: Cell): string | number | bigint | null {
  return typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
}

function cellOf(value: unknown, { maxCellLength }: ResultLimits): { cell: Cell; isCut: boolean } {
  if (value === null || value === undefined) return { cell: null, isCut: false };
  if (typeof value === "bigint") return { cell: numberOf(value), isCut: false };
  if (typeof value === "number") return { cell: Number.isFinite(value) ? value : String(value), isCut: false };
  const text = typeof value === "string" ? value : hexOf(value as Uint8Array, maxCellLength);
  if (text.length <= maxCellLength) return { cell: text, isCut: false };
  return { cell: text.slice(0, maxCellLength).toWellFormed(), isCut: true };
}

function numberOf(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

function hexOf(bytes: Uint8Array, maxLength: number): string {
  return `x'${Buffer.from(bytes.subarray(0, maxLength)).toString("hex")}'`;
}
