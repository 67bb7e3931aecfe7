import type { TallyName } from "./bury.ts";
import type { Store } from "./store.ts";

/** How much of a sink's is in the outbox, and what was given up so far. */
export interface SinkCounts {
  readonly queued: number;
  readonly sending: number;
  readonly dead: number;
  /** When the oldest one that waits was queued. */
  readonly oldestQueuedAt: number | undefined;
  readonly tallies: Readonly<Partial<Record<TallyName, number>>>;
}

const none: SinkCounts = { queued: 0, sending: 0, dead: 0, oldestQueuedAt: undefined, tallies: {} };

/** Counts of every sink that has any. */
export function countBySink(store: Store): ReadonlyMap<string, SinkCounts> {
  const counts = new Map<string, SinkCounts>();
  const rows = store.all(
    "SELECT sink, state, count(*) AS amount, min(queued_at) AS oldest FROM deliveries GROUP BY sink, state",
  );
  for (const { sink, state, amount, oldest } of rows) {
    const known = counts.get(String(sink)) ?? none;
    const oldestQueuedAt = state === "queued" ? Number(oldest) : known.oldestQueuedAt;
    counts.set(String(sink), { ...known, [String(state)]: Number(amount), oldestQueuedAt });
  }
  for (const { sink, name, value } of store.all("SELECT sink, name, value FROM tallies")) {
    const known = counts.get(String(sink)) ?? none;
    counts.set(String(sink), { ...known, tallies: { ...known.tallies, [String(name)]: Number(value) } });
  }
  return counts;
}
