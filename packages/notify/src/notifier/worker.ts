import type { Clock } from "../clock.ts";
import { asNotifyError, NotifyError, type NotifyErrorCode } from "../errors.ts";
import type { BreakerState } from "../machines/circuit-breaker.ts";
import { audibleSeverities } from "../machines/quiet-hours.ts";
import { within } from "../net/within.ts";
import type { Delivery } from "../outbox/delivery.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { Outcome, Settled } from "../outbox/settle.ts";
import type { ConfiguredSink } from "../sinks/open-sinks.ts";
import type { Sent } from "../sinks/sink.ts";
import type { Failure } from "./failure-teller.ts";
import { SinkGate } from "./gate.ts";
import type { AttemptReport, NotifierHooks } from "./hooks.ts";
import { outcomeOf } from "./outcome.ts";

export interface WorkerContext {
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly random: () => number;
  readonly hooks: Required<NotifierHooks>;
  /** Told of each failure; `fromNotice`: it befell what told of another one. */
  readonly fail: (failure: Failure, fromNotice: boolean) => void;
  /** Called before times are compared. */
  readonly lookAtClock: () => void;
}

/** What a worker says of its sink. */
export interface WorkerState {
  readonly breaker: BreakerState;
  readonly isPaused: boolean;
  readonly lastSentAt: number | undefined;
  readonly lastFailure: { readonly code: NotifyErrorCode; readonly message: string; readonly at: number } | undefined;
}

/** Quiet hours begin and end on a minute; nothing else needs a look without being woken. */
const LONGEST_IDLE_MS = 60_000;
const TROUBLE_PAUSE_MS = 1_000;
/** What has no round trip is taken several at a time: each taking and settling is a write to disk. */
const BATCH = 16;

/** Delivers what the outbox has for one sink, one at a time; it shares nothing that could wait with any other worker. */
export class SinkWorker {
  readonly configured: ConfiguredSink;
  readonly #context: WorkerContext;
  readonly #gate: SinkGate;
  readonly #ended = new AbortController();
  #mode: "running" | "draining" | "finishing" = "running";
  #wake = new AbortController();
  #done: Promise<void> = Promise.resolve();
  #lastSentAt: number | undefined;
  #lastFailure: WorkerState["lastFailure"];

  constructor(configured: ConfiguredSink, context: WorkerContext) {
    this.configured = configured;
    this.#context = context;
    this.#gate = new SinkGate(configured.settings, context.clock.steadyMs());
  }

  get name(): string {
    return this.configured.settings.name;
  }

  get state(): WorkerState {
    return {
      breaker: this.#gate.breaker(this.#context.clock.steadyMs()),
      isPaused: this.#gate.isPaused,
      lastSentAt: this.#lastSentAt,
      lastFailure: this.#lastFailure,
    };
  }

  start(): void {
    this.#done = this.#run();
  }

  /** There may be something to do. */
  wake(): void {
    this.#wake.abort();
  }

  pause(): void {
    this.#gate.isPaused = true;
  }

  resume(): void {
    this.#gate.isPaused = false;
    this.wake();
  }

  /**
   * Ends within the bound: with what it is at, or with all that can be delivered now when it `drains`. What is under way
   * then is called off, and waits in the outbox.
   */
  async stop(boundMs: number, { drains }: { readonly drains: boolean }): Promise<void> {
    this.#mode = drains ? "draining" : "finishing";
    this.wake();
    const isDone = new AbortController();
    const done = this.#done.finally(() => isDone.abort());
    await Promise.race([done, this.#context.clock.sleep(boundMs, isDone.signal)]);
    this.#ended.abort(new NotifyError("cancelled", "the notifier ends"));
    await done;
  }

  async #run(): Promise<void> {
    while (!this.#ended.signal.aborted && this.#mode !== "finishing") {
      const wake = this.#freshWake();
      const waitMs = this.#gate.waitMs(this.#context.clock.steadyMs()) || (await this.#deliverBatch());
      if (waitMs === 0) continue;
      if (this.#mode !== "running") return;
      await this.#context.clock.sleep(Math.min(waitMs, LONGEST_IDLE_MS), wake);
    }
  }

  /** From here on a call to `wake` counts: taken before it is looked whether there is anything, not after. */
  #freshWake(): AbortSignal {
    if (this.#wake.signal.aborted) this.#wake = new AbortController();
    return this.#wake.signal;
  }

  /** Delivers what is due; returns how long there is nothing to do. */
  async #deliverBatch(): Promise<number> {
    const { outbox, clock, hooks, lookAtClock } = this.#context;
    const { kind, quietHours } = this.configured.settings;
    try {
      lookAtClock();
      const wanted = { sink: this.name, severities: audibleSeverities(quietHours, clock.wallMs()) };
      const isLocal = (kind === "stdout" || kind === "syslog") && !this.#gate.isRated;
      const batch = outbox.claim({ ...wanted, most: isLocal ? BATCH : 1 });
      if (batch.length === 0) return Math.max(1, (outbox.nextDueAt(wanted) ?? Infinity) - clock.wallMs());
      await this.#settle(await this.#deliver(batch));
      return 0;
    } catch (error) {
      hooks.onTrouble(asNotifyError(error));
      return TROUBLE_PAUSE_MS;
    }
  }

  async #deliver(batch: readonly Delivery[]): Promise<readonly Settled[]> {
    const settled: Settled[] = [];
    for (const delivery of batch) settled.push({ id: delivery.id, outcome: await this.#attempt(delivery) });
    return settled;
  }

  async #attempt(delivery: Delivery): Promise<Outcome> {
    const { clock } = this.#context;
    const { sink, settings } = this.configured;
    const startedAt = clock.steadyMs();
    if (this.#ended.signal.aborted || !this.#gate.admit(startedAt)) return { kind: "untried" };
    const timeout = { code: "attempt_timeout", message: `${this.name} did not finish in time` } as const;
    try {
      const sent = await within(settings.attemptTimeoutMs, this.#ended.signal, timeout, (signal) =>
        sink.send(delivery.notification, signal),
      );
      return this.#succeeded(delivery, sent, startedAt);
    } catch (error) {
      return this.#failed(delivery, asNotifyError(error), startedAt);
    }
  }

  #succeeded(delivery: Delivery, { refusedRecipients = 0 }: Sent, startedAt: number): Outcome {
    const { clock, hooks, fail } = this.#context;
    this.#lastSentAt = clock.wallMs();
    if (this.#gate.succeeded()) hooks.onSinkRecovered(this.name);
    this.#report(delivery, "sent", undefined, startedAt);
    if (refusedRecipients > 0) {
      const message = `${refusedRecipients} of the recipients were refused.`;
      const code = "smtp_rejected";
      fail({ sink: this.name, cause: "recipients_refused", code, message, count: 1 }, delivery.isNotice);
    }
    return { kind: "sent" };
  }

  #failed(delivery: Delivery, error: NotifyError, startedAt: number): Outcome {
    const { clock, random, fail } = this.#context;
    const { code, message } = error;
    const hasOpened = this.#gate.failed(error, clock.steadyMs());
    const outcome = outcomeOf(error, delivery.attempts, this.configured.settings.retry, random, clock.wallMs());
    if (outcome.kind === "untried") return outcome;
    this.#lastFailure = { code, message, at: clock.wallMs() };
    this.#report(delivery, outcome.kind === "dead" ? "dead" : "failed", code, startedAt);
    const failure = { sink: this.name, code, message, count: 1 };
    if (hasOpened) fail({ ...failure, cause: "breaker_opened" }, delivery.isNotice);
    if (outcome.kind === "dead") fail({ ...failure, cause: "dead_letter" }, delivery.isNotice);
    return outcome;
  }

  #report(
    { attempts, notification }: Delivery,
    outcome: AttemptReport["outcome"],
    code: NotifyErrorCode | undefined,
    startedAt: number,
  ): void {
    const { hooks, clock } = this.#context;
    hooks.onAttempt({
      sink: this.name,
      kind: this.configured.settings.kind,
      outcome,
      code,
      durationSeconds: (clock.steadyMs() - startedAt) / 1_000,
      isRetry: attempts > 0,
      notificationId: notification.id,
    });
  }

  /** What was sent must not be sent again because a disk is full: it is recorded when there is room. */
  async #settle(settled: readonly Settled[]): Promise<void> {
    const { outbox, clock, hooks } = this.#context;
    for (;;) {
      try {
        outbox.settle(this.name, settled);
        return;
      } catch (error) {
        const failure = asNotifyError(error);
        hooks.onTrouble(failure);
        if (failure.code === "outbox_damaged" || this.#ended.signal.aborted) return;
        await clock.sleep(TROUBLE_PAUSE_MS, this.#ended.signal);
      }
    }
  }
}
