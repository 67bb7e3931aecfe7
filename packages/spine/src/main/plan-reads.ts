import type { Change, Reads, Row, StoredRow, Table } from "@holdfast/engine";

/**
 * Reads over rows that nobody has committed yet: `init` plans the keys of the ledger's first entry and seals that
 * entry with them. `rows` answers the one question keys ask, all rows of one tenant.
 */
export function readsOfPlan(changes: readonly Change[]): Reads {
  const rowsOf = (table: Table): StoredRow[] =>
    changes.flatMap((change) =>
      "put" in change && change.put.name === table.name ? [{ row: change.row, rev: 1, seq: 0 }] : [],
    );
  const row = (table: Table, key: Row) =>
    rowsOf(table).find((stored) => table.key.every((column) => stored.row[column] === key[column]));
  return {
    touch() {},
    cached: (_footprint, load) => load(),
    row,
    pending: row,
    settled: async (table, key) => row(table, key),
    rows: (table, _sql, [tenant]) => rowsOf(table).filter((stored) => stored.row["tenant"] === tenant),
  };
}
