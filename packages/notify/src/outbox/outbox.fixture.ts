import { join } from "node:path";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "../folder.fixture.ts";
import { notificationOf } from "../notification.fixture.ts";
import type { Notification } from "../notification.ts";
import type { Addressed } from "./enqueue.ts";
import type { OutboxLimits } from "./limits.ts";
import { Outbox } from "./outbox.ts";
import type { OutboxEvent } from "./outbox-file.ts";

/** An outbox in a folder of its own, whose time a test sets. */
export class OutboxStand {
  readonly path = join(temporaryFolder(), "outbox.db");
  readonly events: OutboxEvent[] = [];
  readonly #limits: Partial<OutboxLimits>;
  now = 1_000_000;
  outbox: Outbox;

  constructor(limits: Partial<OutboxLimits> = {}) {
    this.#limits = limits;
    this.outbox = this.open();
    onTestFinished(() => this.outbox.close());
  }

  open(): Outbox {
    return Outbox.open({
      path: this.path,
      limits: this.#limits,
      now: () => this.now,
      onEvent: (event) => this.events.push(event),
    });
  }

  reopen(): void {
    this.outbox.close();
    this.outbox = this.open();
  }

  /** Queues notifications with these ids for a sink. */
  put(sink: string, ...ids: readonly string[]): void {
    this.outbox.enqueue(ids.map((id) => addressed({ id }, sink)));
  }

  /** Claims one, whatever its severity; its id, or undefined. */
  take(sink = "a"): { readonly delivery: number; readonly id: string; readonly count: number } | undefined {
    const [claimed] = this.outbox.claim({ sink, severities, most: 1 });
    return claimed && { delivery: claimed.id, id: claimed.notification.id, count: claimed.notification.count };
  }

  /** Claims all that is due. */
  takeAll(sink = "a"): readonly string[] {
    return this.outbox.claim({ sink, severities, most: 1_000 }).map(({ notification }) => notification.id);
  }
}

const severities = ["informational", "low", "medium", "high", "critical"] as const;

/** A notification on its way to one sink, which gathers for a minute what has a dedup key. */
export function addressed(changes: Partial<Notification>, sink: string, groupMs = 60_000): Addressed {
  return { notification: notificationOf(changes), destinations: [{ sink, groupMs }] };
}
