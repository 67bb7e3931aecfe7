import type { Detail, Notification, Severity } from "../notification.ts";

/** What programs are sent of a notification; its names are stable. */
export interface NotificationJson {
  readonly id: string;
  readonly seq: number;
  readonly severity: Severity;
  readonly title: string;
  readonly ruleId: string;
  readonly host: string;
  readonly summary: string;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly count: number;
  readonly attack: readonly string[];
  readonly tags: readonly string[];
  readonly details: Readonly<Record<string, Detail>>;
  readonly context: Readonly<Record<string, Detail>>;
}

/** The notification as an object of JSON, times as RFC 3339. */
export function notificationJson(notification: Notification): NotificationJson {
  return {
    id: notification.id,
    seq: notification.seq,
    severity: notification.severity,
    title: notification.title,
    ruleId: notification.ruleId,
    host: notification.host,
    summary: notification.summary,
    firstSeenAt: timestamp(notification.firstSeenAt),
    lastSeenAt: timestamp(notification.lastSeenAt),
    count: notification.count,
    attack: notification.attack,
    tags: notification.tags ?? [],
    details: notification.details,
    context: notification.context ?? {},
  };
}

const LATEST_MS = 253_402_300_799_999;

/** RFC 3339 in UTC with milliseconds; what no year of four digits holds is written as its end. */
export function timestamp(ms: number): string {
  return new Date(Math.min(ms, LATEST_MS)).toISOString();
}
