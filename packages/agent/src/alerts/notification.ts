import type { Notification } from "@holdfast/notify";
import type { StoredAlert } from "./store.ts";

/** Where notifications wait for their delivery; a file of its own, so that it and the ledger can differ after a crash. */
export interface Outbox {
  /** Entry of the last alert that it took; undefined when it is new, and cannot know. */
  watermark(): number | undefined;
  /** Takes notifications in the order of their entries, and keeps with them how far that is. One that it has is no other. */
  enqueue(notifications: readonly Notification[]): void | Promise<void>;
}

/** What people are told of an alert; its id tells a receiver that it has heard of it. */
export function notificationOf({ alert, raisedSeq }: StoredAlert): Notification {
  const { id, severity, title, rule, host, summary, count, details, context, attack } = alert;
  return {
    id,
    seq: raisedSeq,
    severity,
    title,
    ruleId: rule,
    host,
    summary,
    firstSeenAt: alert.firstSeen,
    lastSeenAt: alert.lastSeen,
    count,
    details,
    ...(Object.keys(context).length > 0 && { context }),
    attack,
    // What routes may choose by: an alert has no other words.
    tags: attack,
    dedupKey: `${rule} ${alert.dedupKey}`,
  };
}
