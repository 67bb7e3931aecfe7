import type { Notification } from "./notification.ts";

const SEEN_AT = Date.UTC(2026, 2, 2, 9, 30, 15, 250);

/** A notification as an agent makes it, with what a test cares about. */
export function notificationOf(changes: Partial<Notification> = {}): Notification {
  return {
    id: "al_7",
    seq: 7,
    severity: "high",
    title: "Program run from a temporary folder",
    ruleId: "exec-from-tmp",
    host: "web-1",
    summary: "/tmp/x was started by bash",
    firstSeenAt: SEEN_AT,
    lastSeenAt: SEEN_AT,
    count: 1,
    details: { path: "/tmp/x", pid: 4242, parent: "/usr/bin/bash", hash: null },
    attack: ["T1059.004"],
    ...changes,
  };
}
