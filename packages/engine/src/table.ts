/**
 * Tables are declared once; SQL for writes, row hashes and MACs all derive from the declaration. Reads are each slice's
 * own SQL. The committer adds three columns to every table: `rev` (row version: 1 for a new row, then one more a write),
 * `seq` (the entry that wrote the row) and `mac` (binds the row to that entry; checked when the row is loaded).
 */
export type ColumnType = "text" | "integer" | "blob" | "text?" | "integer?" | "blob?";

export type Cell = string | number | Uint8Array | null;

/** A row as a slice sees it: declared columns only. Integers stay within the safe range. */
export type Row = Readonly<Record<string, Cell>>;

export interface Table {
  /** Lower-case SQL identifier. */
  readonly name: string;
  /** Declared order is the order in which the row hash covers the columns. */
  readonly columns: Readonly<Record<string, ColumnType>>;
  readonly key: readonly string[];
  readonly indexes?: readonly (readonly string[])[];
}

/** Writes `row` when the stored row version is `expect` (0: absent); the new row version is `expect + 1`. */
export interface Put {
  readonly put: Table;
  readonly row: Row;
  readonly expect: number;
}

/** Deletes the row with this key when its row version is `expect`. */
export interface Delete {
  readonly delete: Table;
  readonly key: Row;
  readonly expect: number;
}

export type Change = Put | Delete;
