import { type Notification, severities } from "../notification.ts";
import type { Row } from "./store.ts";

/** Why a delivery was given up. */
export type DeadReason = "attempts_exhausted" | "refused" | "queue_full" | "sink_removed" | "unreadable";

/** One notification on its way to one sink. */
export interface Delivery {
  readonly id: number;
  readonly sink: string;
  readonly notification: Notification;
  /** Attempts that failed. */
  readonly attempts: number;
  /** It tells of a sink that fails, and its own failure is not told by another (ATTACKS 46). */
  readonly isNotice: boolean;
}

/** Columns that `deliveryOf` reads. */
export const deliveryColumns = `d.id, d.sink, d.severity, d.count, d.first_seen_at, d.last_seen_at, d.attempts, d.is_notice,
  d.state, d.reason, d.last_error, d.queued_at, d.dead_at, n.body`;

/** The delivery in a row, or undefined when its text is not what was written. */
export function deliveryOf(row: Row): Delivery | undefined {
  const notification = notificationOf(String(row["body"]));
  if (notification === undefined) return undefined;
  return {
    id: Number(row["id"]),
    sink: String(row["sink"]),
    notification: {
      ...notification,
      count: Number(row["count"]),
      firstSeenAt: Number(row["first_seen_at"]),
      lastSeenAt: Number(row["last_seen_at"]),
    },
    attempts: Number(row["attempts"]),
    isNotice: row["is_notice"] === 1,
  };
}

/** SQLite checks its pages and not what stands in them. */
function notificationOf(body: string): Notification | undefined {
  try {
    const value = JSON.parse(body) as Notification;
    return typeof value.id === "string" && severities.includes(value.severity) ? value : undefined;
  } catch {
    return undefined;
  }
}
