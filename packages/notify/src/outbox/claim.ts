import { rankOf, type Severity } from "../notification.ts";
import { bury } from "./bury.ts";
import { type Delivery, deliveryColumns, deliveryOf } from "./delivery.ts";
import type { Store } from "./store.ts";

/** What a sink may be sent now. */
export interface Wanted {
  readonly sink: string;
  readonly severities: readonly Severity[];
  readonly most: number;
}

const isDue = `d.sink = ? AND d.state = 'queued' AND d.next_at <= ?
  AND d.severity IN (SELECT value FROM json_each(?))`;

/**
 * Takes what is due, the severest and oldest first. From here on its content stays as it is: the other side may know it
 * by its id before we know that it does.
 */
export function claim(store: Store, { sink, severities, most }: Wanted, now: number): readonly Delivery[] {
  const rows = store.all(
    `SELECT ${deliveryColumns} FROM deliveries d JOIN notifications n ON n.id = d.notification
     WHERE ${isDue} ORDER BY d.severity DESC, d.id LIMIT ?`,
    sink,
    now,
    ranks(severities),
    most,
  );
  const claimed: Delivery[] = [];
  for (const row of rows) {
    const delivery = deliveryOf(row);
    if (delivery === undefined) {
      bury(store, Number(row["id"]), "unreadable", null, now);
    } else {
      store.run("UPDATE deliveries SET state = 'sending', is_sealed = 1 WHERE id = ?", delivery.id);
      claimed.push(delivery);
    }
  }
  return claimed;
}

/** Whether there is anything to claim. */
export function hasDue(store: Store, { sink, severities }: Omit<Wanted, "most">, now: number): boolean {
  return store.get(`SELECT 1 FROM deliveries d WHERE ${isDue} LIMIT 1`, sink, now, ranks(severities)) !== undefined;
}

/** When the next one that may be told is due; undefined when none waits. */
export function nextDueAt(store: Store, { sink, severities }: Omit<Wanted, "most">): number | undefined {
  const next = store.number(
    Number.NaN,
    `SELECT min(next_at) FROM deliveries
     WHERE sink = ? AND state = 'queued' AND severity IN (SELECT value FROM json_each(?))`,
    sink,
    ranks(severities),
  );
  return Number.isNaN(next) ? undefined : next;
}

const ranks = (severities: readonly Severity[]) => JSON.stringify(severities.map(rankOf));
