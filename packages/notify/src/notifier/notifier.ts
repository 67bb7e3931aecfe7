import { hostname } from "node:os";
import { boundNotification } from "../bound-notification.ts";
import { type Clock, systemClock } from "../clock.ts";
import { asNotifyError, NotifyError } from "../errors.ts";
import { takes } from "../machines/route.ts";
import type { Notification } from "../notification.ts";
import type { SinkCounts } from "../outbox/counts.ts";
import type { Which } from "../outbox/dead-letters.ts";
import type { Destination, Enqueued } from "../outbox/enqueue.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { ConfiguredSink } from "../sinks/open-sinks.ts";
import type { Health, Sent, SinkKind } from "../sinks/sink.ts";
import { ClockWatch } from "./clock-watch.ts";
import { FailureTeller } from "./failure-teller.ts";
import { guarded, type NotifierHooks } from "./hooks.ts";
import { SinkWorker, type WorkerState } from "./worker.ts";

export interface NotifierOptions {
  readonly outbox: Outbox;
  readonly sinks: readonly ConfiguredSink[];
  /** This host, in what is told of sinks that fail. */
  readonly host?: string;
  readonly hooks?: NotifierHooks;
  readonly clock?: Clock;
  /** From 0 to 1, exclusive. */
  readonly random?: () => number;
}

export interface Notified extends Omit<Enqueued, "overflowed"> {
  /** Notifications that no sink takes. */
  readonly unrouted: number;
  /** Why some can never be told: their makers' mistakes, which must not keep the others back. */
  readonly refused: readonly NotifyError[];
}

export interface SinkReading extends WorkerState, SinkCounts {
  readonly name: string;
  readonly kind: SinkKind;
}

const HOUR_MS = 3_600_000;
const RELOAD_BOUND_MS = 5_000;
const nothing: SinkCounts = { queued: 0, sending: 0, dead: 0, oldestQueuedAt: undefined, tallies: {} };

/** Tells people: takes notifications into the outbox, and has a worker for each sink that delivers them from there. */
export class Notifier {
  readonly #outbox: Outbox;
  readonly #hooks: Required<NotifierHooks>;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #watch: ClockWatch;
  readonly #teller: FailureTeller;
  readonly #closed = new AbortController();
  #hasJumped = false;
  #workers: readonly SinkWorker[] = [];
  #turn: Promise<void> = Promise.resolve();

  /** Begins to deliver what the outbox holds. */
  constructor({
    outbox,
    sinks,
    host = hostname(),
    hooks = {},
    clock = systemClock,
    random = Math.random,
  }: NotifierOptions) {
    this.#outbox = outbox;
    this.#hooks = guarded(hooks);
    this.#clock = clock;
    this.#random = random;
    this.#watch = new ClockWatch(clock);
    this.#teller = new FailureTeller({ outbox, clock, host, hooks: this.#hooks, workers: () => this.#workers });
    this.#workers = this.#begin(sinks);
    void this.#tidy();
  }

  /**
   * Takes notifications in, and how far the ledger was read, in one transaction: when it returns, they will be told,
   * whatever happens. Throws a NotifyError when they could not be taken in; give them again then.
   */
  notify(notifications: readonly Notification[], watermark?: number): Notified {
    this.#insistOpen();
    this.#lookAtClock();
    const refused: NotifyError[] = [];
    const addressed = notifications.flatMap((notification) => {
      try {
        return { notification: boundNotification(notification), destinations: this.#destinationsOf(notification) };
      } catch (error) {
        refused.push(asNotifyError(error));
        return [];
      }
    });
    const { overflowed, ...enqueued } = this.#outbox.enqueue(addressed, watermark);
    this.#wake(addressed.flatMap(({ destinations }) => destinations.map(({ sink }) => sink)));
    this.#teller.tellOverflow(overflowed, false);
    const unrouted = addressed.filter(({ destinations }) => destinations.length === 0).length;
    return { ...enqueued, unrouted, refused };
  }

  /** Queues dead letters again, for sinks that there are; returns how many. */
  retryDead(which: Which): number {
    this.#insistOpen();
    const retried = this.#outbox.retryDead(which, this.#names());
    this.#wake(this.#names());
    return retried;
  }

  /** Holds deliveries of a sink, or of all; they wait in the outbox. */
  pause(sink?: string): void {
    for (const worker of this.#chosen(sink)) worker.pause();
  }

  resume(sink?: string): void {
    for (const worker of this.#chosen(sink)) worker.resume();
  }

  /** How each sink is. */
  readings(): readonly SinkReading[] {
    const counts = this.#outbox.counts();
    return this.#workers.map((worker) => ({
      name: worker.name,
      kind: worker.configured.settings.kind,
      ...worker.state,
      ...(counts.get(worker.name) ?? nothing),
    }));
  }

  /** Asks a sink how it is, without sending anything. */
  check(sink: string, signal: AbortSignal): Promise<Health> {
    return this.#chosen(sink)[0]!.configured.sink.check(signal);
  }

  /** Sends one notification through one sink, past its queue, route, quiet hours and rate: to see that it arrives. */
  try(sink: string, notification: Notification, signal: AbortSignal): Promise<Sent> {
    return this.#chosen(sink)[0]!.configured.sink.send(boundNotification(notification), signal);
  }

  /** Changes the sinks. What waits for one that stays is delivered; what waits for one that goes becomes dead letters. */
  reload(sinks: readonly ConfiguredSink[]): Promise<void> {
    this.#insistOpen();
    this.#turn = this.#turn.then(async () => {
      await this.#stopAll(RELOAD_BOUND_MS, false);
      if (!this.#closed.signal.aborted) this.#workers = this.#begin(sinks);
    });
    return this.#turn;
  }

  /** Ends within the bound, having delivered what could be delivered now; the rest waits in the outbox, which stays open. */
  async close(drainMs: number): Promise<void> {
    this.#closed.abort();
    await this.#turn;
    await this.#stopAll(drainMs, true);
  }

  #begin(sinks: readonly ConfiguredSink[]): readonly SinkWorker[] {
    const names = sinks.map(({ settings }) => settings.name);
    for (const [sink, count] of this.#outbox.keepOnly(names)) {
      this.#teller.tell({ sink, cause: "sink_removed", code: undefined, message: "", count }, true);
    }
    const workers = sinks.map(
      (configured) =>
        new SinkWorker(configured, {
          outbox: this.#outbox,
          clock: this.#clock,
          random: this.#random,
          hooks: this.#hooks,
          fail: (failure, fromNotice) => this.#teller.tell(failure, fromNotice),
          lookAtClock: () => this.#lookAtClock(),
        }),
    );
    for (const worker of workers) worker.start();
    return workers;
  }

  async #stopAll(boundMs: number, drains: boolean): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop(boundMs, { drains })));
  }

  #destinationsOf(notification: Notification): readonly Destination[] {
    return this.#workers
      .map(({ configured }) => configured.settings)
      .filter(({ route }) => takes(route, notification))
      .map(({ name, groupMs }) => ({ sink: name, groupMs }));
  }

  #lookAtClock(): void {
    const { jumpMs } = this.#watch;
    if (jumpMs === 0) return;
    this.#hasJumped = true;
    this.#outbox.shift(jumpMs);
    this.#watch.accept();
  }

  /** Dead letters grow old by a clock that was not set in the last hour: one that was wrong must not cost them. */
  async #tidy(): Promise<void> {
    for (;;) {
      await this.#clock.sleep(HOUR_MS, this.#closed.signal);
      if (this.#closed.signal.aborted) return;
      try {
        this.#lookAtClock();
        if (!this.#hasJumped) this.#outbox.expire();
      } catch (error) {
        this.#hooks.onTrouble(asNotifyError(error));
      }
      this.#hasJumped = false;
    }
  }

  #names(): readonly string[] {
    return this.#workers.map(({ name }) => name);
  }

  #wake(sinks: readonly string[]): void {
    for (const worker of this.#workers) if (sinks.includes(worker.name)) worker.wake();
  }

  #chosen(sink: string | undefined): readonly SinkWorker[] {
    if (sink === undefined) return this.#workers;
    const chosen = this.#workers.filter(({ name }) => name === sink);
    if (chosen.length > 0) return chosen;
    throw new NotifyError("sink_unknown", `there is no sink ${sink.slice(0, 64)}`);
  }

  #insistOpen(): void {
    if (this.#closed.signal.aborted) throw new NotifyError("notifier_closed", "the notifier was closed");
  }
}
