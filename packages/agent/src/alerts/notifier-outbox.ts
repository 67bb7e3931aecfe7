import type { Notification, Notifier, Outbox as NotifyOutbox } from "@holdfast/notify";
import type { Outbox } from "./notification.ts";

/** The outbox of a notifier: it routes what it takes, and keeps with it how far the ledger was taken. */
export function notifierOutbox(notifier: Pick<Notifier, "notify">, outbox: Pick<NotifyOutbox, "watermark">): Outbox {
  return {
    watermark: () => outbox.watermark,
    enqueue(notifications: readonly Notification[]): void {
      notifier.notify(notifications, notifications.at(-1)?.seq);
    },
  };
}
