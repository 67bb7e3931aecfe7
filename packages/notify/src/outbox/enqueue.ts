import { type Group, placeInGroup } from "../machines/grouping.ts";
import { type Notification, rankOf } from "../notification.ts";
import { boundDead, bury } from "./bury.ts";
import type { OutboxLimits } from "./limits.ts";
import type { Row, Store } from "./store.ts";

/** A sink that a notification goes to, and how long it gathers what is alike. */
export interface Destination {
  readonly sink: string;
  readonly groupMs: number;
}

/** A notification, already inside its bounds, and where it goes. */
export interface Addressed {
  readonly notification: Notification;
  readonly destinations: readonly Destination[];
  readonly isNotice?: boolean;
}

export interface Enqueued {
  /** Deliveries that are new. */
  readonly queued: number;
  /** That were added to one that waits. */
  readonly joined: number;
  /** That had come before. */
  readonly known: number;
  /** How many each sink's queue could not hold. */
  readonly overflowed: ReadonlyMap<string, number>;
}

/**
 * Takes in notifications and, in the same transaction, how far the ledger was read: after a crash, what the ledger has
 * above the watermark is given again, and what had come before is known by (notification, sink).
 */
export function enqueue(
  store: Store,
  batch: readonly Addressed[],
  watermark: number | undefined,
  limits: OutboxLimits,
  now: number,
): Enqueued {
  const tally = { queued: 0, joined: 0, known: 0 };
  const touched = new Set<string>();
  for (const { notification, destinations, isNotice = false } of batch) {
    for (const destination of destinations) {
      tally[place(store, notification, destination, isNotice, now)] += 1;
      touched.add(destination.sink);
    }
  }
  if (watermark !== undefined) raiseWatermark(store, watermark);
  forget(store, limits, now);
  return { ...tally, overflowed: boundQueues(store, touched, limits, now) };
}

function place(
  store: Store,
  notification: Notification,
  { sink, groupMs }: Destination,
  isNotice: boolean,
  now: number,
): "queued" | "joined" | "known" {
  const isNew =
    store.run("INSERT INTO seen (notification, sink) VALUES (?, ?) ON CONFLICT DO NOTHING", notification.id, sink) > 0;
  if (!isNew) return "known";
  const { dedupKey } = notification;
  if (dedupKey === undefined || groupMs === 0) {
    insert(store, notification, sink, isNotice, now, now);
    return "queued";
  }
  return group(store, { ...notification, dedupKey }, { sink, groupMs }, isNotice, now);
}

function group(
  store: Store,
  notification: Notification & { readonly dedupKey: string },
  { sink, groupMs }: Destination,
  isNotice: boolean,
  now: number,
): "queued" | "joined" {
  const { dedupKey } = notification;
  const rank = rankOf(notification.severity);
  const waiting = store.get(
    `SELECT id, severity FROM deliveries
     WHERE sink = ? AND dedup_key = ? AND state = 'queued' AND is_sealed = 0 ORDER BY id DESC LIMIT 1`,
    sink,
    dedupKey,
  );
  const placement = placeInGroup(groupOf(store, sink, dedupKey, waiting), rank, now, groupMs);
  if (placement.kind === "join") {
    join(store, Number(waiting?.["id"]), notification);
    return "joined";
  }
  store.run(
    `INSERT INTO groups (sink, dedup_key, severity, window_ends_at) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET severity = excluded.severity, window_ends_at = excluded.window_ends_at`,
    sink,
    dedupKey,
    placement.window.rank,
    placement.window.endsAt,
  );
  insert(store, notification, sink, isNotice, now, placement.releaseAt);
  return "queued";
}

function groupOf(store: Store, sink: string, dedupKey: string, waiting: Row | undefined): Group {
  const known = store.get(
    "SELECT severity, window_ends_at FROM groups WHERE sink = ? AND dedup_key = ?",
    sink,
    dedupKey,
  );
  return {
    ...(known && { window: { endsAt: Number(known["window_ends_at"]), rank: Number(known["severity"]) } }),
    ...(waiting && { waitingRank: Number(waiting["severity"]) }),
  };
}

function join(store: Store, id: number, { count, firstSeenAt, lastSeenAt }: Notification): void {
  store.run(
    `UPDATE deliveries SET count = count + ?, first_seen_at = min(first_seen_at, ?), last_seen_at = max(last_seen_at, ?)
     WHERE id = ?`,
    count,
    firstSeenAt,
    lastSeenAt,
    id,
  );
}

function insert(
  store: Store,
  notification: Notification,
  sink: string,
  isNotice: boolean,
  now: number,
  nextAt: number,
): void {
  const { id, severity, dedupKey = null, count, firstSeenAt, lastSeenAt } = notification;
  store.run(
    "INSERT INTO notifications (id, body) VALUES (?, ?) ON CONFLICT DO NOTHING",
    id,
    JSON.stringify(notification),
  );
  store.run(
    `INSERT INTO deliveries (notification, sink, state, severity, dedup_key, is_notice, count, first_seen_at,
       last_seen_at, queued_at, next_at)
     VALUES (?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    id,
    sink,
    rankOf(severity),
    dedupKey,
    isNotice ? 1 : 0,
    count,
    firstSeenAt,
    lastSeenAt,
    now,
    nextAt,
  );
}

/** Never lowered: a second source of the same alerts must not bring back what was read. */
function raiseWatermark(store: Store, watermark: number): void {
  store.run("UPDATE ledger SET watermark = max(coalesce(watermark, ?1), ?1) WHERE id = 0", watermark);
}

/** Beyond their bounds, the oldest memories go; a replay that old would be told again. */
function forget(store: Store, { mostSeen, mostGroups }: OutboxLimits, now: number): void {
  // Only the oldest ever go, so their numbers have no gaps and need not be counted.
  store.run("DELETE FROM seen WHERE id <= (SELECT max(id) FROM seen) - ?", mostSeen);
  store.run("DELETE FROM groups WHERE window_ends_at <= ?", now);
  const excess = store.number(0, "SELECT count(*) FROM groups") - mostGroups;
  if (excess <= 0) return;
  store.run(
    `DELETE FROM groups WHERE (sink, dedup_key) IN
       (SELECT sink, dedup_key FROM groups ORDER BY window_ends_at, sink, dedup_key LIMIT ?)`,
    excess,
  );
}

/** Beyond a queue's bound, the oldest deliveries of the lowest severity become dead letters. */
function boundQueues(
  store: Store,
  sinks: ReadonlySet<string>,
  limits: OutboxLimits,
  now: number,
): ReadonlyMap<string, number> {
  const overflowed = new Map<string, number>();
  for (const sink of sinks) {
    const queued = store.number(0, "SELECT count(*) FROM deliveries WHERE sink = ? AND state = 'queued'", sink);
    const excess = queued - limits.mostQueuedPerSink;
    if (excess <= 0) continue;
    const victims = store.all(
      "SELECT id FROM deliveries WHERE sink = ? AND state = 'queued' ORDER BY severity, id LIMIT ?",
      sink,
      excess,
    );
    for (const { id } of victims) bury(store, Number(id), "queue_full", null, now);
    boundDead(store, sink, limits);
    overflowed.set(sink, excess);
  }
  return overflowed;
}
