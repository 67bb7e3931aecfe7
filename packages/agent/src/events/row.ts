/** What a column holds: never null, so that a rule needs no thought for it. */
export type Cell = string | number;

export type Row = Readonly<Record<string, Cell>>;

/**
 * A change of the event store. `row`: appended to a table of events, or put by identity into one of state; `gone`: the
 * identity of a row that is no longer there; `snapshot`: all rows of a table of state, everything else in it is gone.
 */
export type RowChange =
  | { readonly table: string; readonly row: Row }
  | { readonly table: string; readonly gone: Row }
  | { readonly table: string; readonly snapshot: readonly Row[] };

/** Rows that a change stands for: what is lost with it. */
export function rowsIn(change: RowChange): number {
  return "snapshot" in change ? change.snapshot.length : 1;
}

const ROW_BYTES = 256;

/** What a change costs in memory, near enough for a bound. */
export function bytesIn(change: RowChange): number {
  if ("row" in change) return bytesOf(change.row);
  if ("gone" in change) return bytesOf(change.gone);
  return change.snapshot.reduce((sum, row) => sum + bytesOf(row), ROW_BYTES);
}

function bytesOf(row: Row): number {
  let bytes = ROW_BYTES;
  for (const name in row) {
    const cell = row[name];
    if (typeof cell === "string") bytes += cell.length;
  }
  return bytes;
}
