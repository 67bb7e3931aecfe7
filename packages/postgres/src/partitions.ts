import type { Query } from "./query.ts";

/** `busy`: a long reader was in the way, ask again. `default_holds_rows`: entries of the month went elsewhere and stay. */
export type PartitionState = "created" | "exists" | "busy" | "default_holds_rows";

export interface Partition {
  /** `YYYY-MM`. */
  readonly month: string;
  readonly state: PartitionState;
}

const MONTHS_AHEAD = 3;

/**
 * Sees to it that this month and the next three have a place of their own; every node may ask, at any time. An entry of
 * a month without one goes to the default partition, where it is as safe and found as well, but stays.
 */
export async function ensurePartitions(on: Query): Promise<readonly Partition[]> {
  const { rows } = await on.query<Partition>(
    `SELECT to_char(month, 'YYYY-MM') AS month, holdfast.ensure_partition(month::date) AS state
     FROM generate_series(date_trunc('month', now() AT TIME ZONE 'UTC'),
       date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => $1), interval '1 month') AS month`,
    [MONTHS_AHEAD],
  );
  return rows;
}
