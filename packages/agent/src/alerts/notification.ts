import type { Cell } from "./finding.ts";
import type { Severity } from "@holdfast/rules";
import type { StoredAlert } from "./store.ts";

/** What people are told of an alert; its id tells a receiver that it has heard of it. */
export interface Notification {
  readonly id: string;
  /** Entry that raised it. */
  readonly seq: number;
  readonly severity: Severity;
  readonly title: string;
  readonly ruleId: string;
  readonly host: string;
  readonly summary: string;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  readonly count: number;
  readonly details: Readonly<Record<string, Cell>>;
  readonly attack: readonly string[];
  /** The same for what is alike. */
  readonly dedupKey: string;
}

/** Where notifications wait for their delivery; a file of its own, so that it and the ledger can differ after a crash. */
export interface Outbox {
  /** Entry of the last alert that it took; undefined when it is new, and cannot know. */
  watermark(): number | undefined;
  /** Takes notifications in the order of their entries, and keeps with them how far that is. One that it has is no other. */
  enqueue(notifications: readonly Notification[]): void | Promise<void>;
}

export function notificationOf({ alert, raisedSeq }: StoredAlert): Notification {
  const { id, severity, title, rule, host, summary, count, details, attack } = alert;
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
    attack,
    dedupKey: `${rule} ${alert.dedupKey}`,
  };
}
