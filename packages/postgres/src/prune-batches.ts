import type { Query } from "./query.ts";

/** A node that is further behind drops all that it has cached, and needs no list of what was written. */
const KEPT_ENTRIES = 262_144;
const MAX_ROWS = 5_000;

const PRUNE = `DELETE FROM holdfast.batches WHERE next_seq IN (SELECT next_seq FROM holdfast.batches
  WHERE next_seq <= (SELECT size - $1 FROM holdfast.head WHERE id = 0) ORDER BY next_seq LIMIT $2)`;

/** Deletes some of the batches that no node has to hear of any more; true when none of them is left. */
export async function pruneBatches(on: Query, keptEntries = KEPT_ENTRIES, maxRows = MAX_ROWS): Promise<boolean> {
  const { rowCount } = await on.query(PRUNE, [keptEntries, maxRows]);
  return (rowCount ?? 0) < maxRows;
}
