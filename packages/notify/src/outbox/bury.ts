import type { DeadReason } from "./delivery.ts";
import type { OutboxLimits } from "./limits.ts";
import type { Store } from "./store.ts";

/** What counts across restarts. */
export type TallyName = DeadReason | "dropped" | "expired";

/** Makes a delivery a dead letter. */
export function bury(store: Store, id: number, reason: DeadReason, code: string | null, now: number): void {
  store.run(
    `UPDATE deliveries SET state = 'dead', reason = ?, last_error = coalesce(?, last_error), dead_at = ?
     WHERE id = ?`,
    reason,
    code,
    now,
    id,
  );
  tally(store, id, reason);
}

/** Counts one more at the sink of a delivery. */
function tally(store: Store, id: number, name: TallyName): void {
  store.run(
    `INSERT INTO tallies (sink, name, value) SELECT sink, ?, 1 FROM deliveries WHERE id = ?
     ON CONFLICT DO UPDATE SET value = value + 1`,
    name,
    id,
  );
}

/** Deletes a delivery, and its notification when no other sink waits for it. */
export function remove(store: Store, id: number, countedAs?: TallyName): void {
  if (countedAs !== undefined) tally(store, id, countedAs);
  const notification = String(
    store.get("DELETE FROM deliveries WHERE id = ? RETURNING notification", id)?.["notification"],
  );
  store.run(
    "DELETE FROM notifications WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM deliveries WHERE notification = ?1)",
    notification,
  );
}

/** Beyond the bound, the oldest dead letters of the lowest severity go, counted. */
export function boundDead(store: Store, sink: string, { mostDeadPerSink }: OutboxLimits): void {
  const excess =
    store.number(0, "SELECT count(*) FROM deliveries WHERE sink = ? AND state = 'dead'", sink) - mostDeadPerSink;
  if (excess <= 0) return;
  const oldest = store.all(
    "SELECT id FROM deliveries WHERE sink = ? AND state = 'dead' ORDER BY severity, id LIMIT ?",
    sink,
    excess,
  );
  for (const { id } of oldest) remove(store, Number(id), "dropped");
}
