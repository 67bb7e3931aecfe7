import type { Logger } from "@holdfast/engine";
import { ensurePartitions } from "@holdfast/postgres";

const REASONS: Readonly<Record<string, string>> = {
  busy: "somebody reads for long; it is tried again in a minute",
  default_holds_rows: "entries of that month lie in entries_default, and stay there",
};

/** A piece of upkeep: makes the partitions of this month and the next ones, and warns of each month that gets none, once. */
export function partitionsAhead(pool: Parameters<typeof ensurePartitions>[0], log: Logger): () => Promise<boolean> {
  const told = new Set<string>();
  return async () => {
    for (const { month, state } of await ensurePartitions(pool)) {
      const reason = REASONS[state];
      if (reason === undefined || told.has(`${month} ${state}`)) continue;
      told.add(`${month} ${state}`);
      log.warn({ month, state, reason }, "a month gets no partition of its own");
    }
    return true;
  };
}
