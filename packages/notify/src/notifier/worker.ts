import type { Clock } from "../clock.ts";
import { asNotifyError, NotifyError, type NotifyErrorCode } from "../errors.ts";
import { type BreakerState, CircuitBreaker } from "../machines/circuit-breaker.ts";
import { audibleSeverities } from "../machines/quiet-hours.ts";
import { TokenBucket } from "../machines/token-bucket.ts";
import { within } from "../net/within.ts";
import type { Delivery } from "../outbox/delivery.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { Outcome, Settled } from "../outbox/settle.ts";
import type { ConfiguredSink } from "../sinks/open-sinks.ts";
import type { Sent } from "../sinks/sink.ts";
import type { NotifierHooks, SinkFailure } from "./hooks.ts";
import { outcomeOf } from "./outcome.ts";

export interface WorkerContext {
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly random: () => number;
  readonly hooks: Required<NotifierHooks>;
  /** Told of each failure; `fromNotice`: it befell what told of another one. */
  readonly fail: (failure: Omit<SinkFailure, "toldThrough">, fromNotice: boolean) => void;
  /** Called before times are compared. */
  readonly lookAtClock: () => void;
}

/** Quiet hours begin and end on a minute; nothing else needs a look without being woken. */
const LONGEST_IDLE_MS = 60_000;
const TROUBLE_PAUSE_MS = 1_000;
/** What has no round trip is taken several at a time: each taking and settling is a write to disk. */
const BATCH = 16;

/** What a worker says of its sink. */
export interface WorkerState {
  readonly breaker: BreakerState;
  readonly isPaused: boolean;
  readonly lastSentAt: number | undefined;
  readonly lastFailure: { readonly code: NotifyErrorCode; readonly message: string; readonly at: number } | undefined;
}

/** Delivers what the outbox has for one sink, one at a time; it shares nothing that could wait with any other worker. */
export class SinkWorker {
  readonly configured: ConfiguredSink;
  readonly #context: WorkerContext;
  readonly #breaker: CircuitBreaker;
  readonly #bucket: TokenBucket | undefined;
  readonly #ended = new AbortController();
  #mode: "running" | "draining" | "finishing" = "running";
  #isPaused = false;
  #notBefore = 0;
  #wake = new AbortController();
  #done: Promise<void> = Promise.resolve();
  #lastSentAt: number | undefined;
  #lastFailure: WorkerState["lastFailure"];

  constructor(configured: ConfiguredSink, context: WorkerContext) {
    this.configured = configured;
    this.#context = context;
    const { breaker, rate } = configured.settings;
    this.#breaker = new CircuitBreaker(breaker);
    this.#bucket = rate && new TokenBucket(rate, context.clock.steadyMs());
  }

  get name(): string {
    return this.configured.settings.name;
  }

  get state(): WorkerState {
    return {
      breaker: this.#breaker.state(this.#context.clock.steadyMs()),
      isPaused: this.#isPaused,
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
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
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
      const wake = this.#wakeUp();
      const waitMs = this.#step() ?? (await this.#deliverBatch());
      if (waitMs === 0) continue;
      if (this.#mode !== "running") return;
      await this.#context.clock.sleep(waitMs, wake);
    }
  }

  /** From here on a call to `wake` counts: before it is looked whether there is anything, not after. */
  #wakeUp(): AbortSignal {
    if (this.#wake.signal.aborted) this.#wake = new AbortController();
    return this.#wake.signal;
  }

  /** How long nothing may be sent; undefined when something may. */
  #step(): number | undefined {
    if (this.#isPaused) return LONGEST_IDLE_MS;
    const now = this.#context.clock.steadyMs();
    const waitMs = Math.max(this.#breaker.waitMs(now), this.#bucket?.waitMs(now) ?? 0, this.#notBefore - now);
    return waitMs > 0 ? waitMs : undefined;
  }

  /** Delivers what is due; returns how long there is nothing to do. */
  async #deliverBatch(): Promise<number> {
    const { outbox, clock, hooks, lookAtClock } = this.#context;
    try {
      lookAtClock();
      const severities = audibleSeverities(this.configured.settings.quietHours, clock.wallMs());
      const wanted = { sink: this.name, severities };
      const batch = outbox.claim({ ...wanted, most: this.#most() });
      if (batch.length > 0) {
        await this.#settle(await this.#deliver(batch));
        return 0;
      }
      const dueAt = outbox.nextDueAt(wanted) ?? Number.POSITIVE_INFINITY;
      return Math.min(LONGEST_IDLE_MS, Math.max(1, dueAt - clock.wallMs()));
    } catch (error) {
      hooks.onTrouble(asNotifyError(error));
      return TROUBLE_PAUSE_MS;
    }
  }

  #most(): number {
    const { kind } = this.configured.settings;
    const isLocal = kind === "stdout" || kind === "syslog";
    return isLocal && this.#bucket === undefined ? BATCH : 1;
  }

  async #deliver(batch: readonly Delivery[]): Promise<readonly Settled[]> {
    const settled: Settled[] = [];
    for (const delivery of batch) settled.push({ id: delivery.id, outcome: await this.#attempt(delivery) });
    return settled;
  }

  async #attempt(delivery: Delivery): Promise<Outcome> {
    const { clock } = this.#context;
    const now = clock.steadyMs();
    const isStopped = this.#ended.signal.aborted || this.#isPaused || this.#notBefore > now;
    if (isStopped || !this.#breaker.admit(now)) return { kind: "untried" };
    this.#bucket?.take(now);
    const { sink, settings } = this.configured;
    const timeout = { code: "attempt_timeout", message: `${this.name} did not finish in time` } as const;
    try {
      const sent = await within(settings.attemptTimeoutMs, this.#ended.signal, timeout, (signal) =>
        sink.send(delivery.notification, signal),
      );
      return this.#succeeded(delivery, sent, clock.steadyMs() - now);
    } catch (error) {
      return this.#failed(delivery, asNotifyError(error), clock.steadyMs() - now);
    }
  }

  #succeeded(delivery: Delivery, { refusedRecipients = 0 }: Sent, durationMs: number): Outcome {
    const { clock, hooks, fail } = this.#context;
    this.#lastSentAt = clock.wallMs();
    if (this.#breaker.succeeded()) hooks.onSinkRecovered(this.name);
    this.#report(delivery, "sent", undefined, durationMs);
    if (refusedRecipients > 0) {
      const message = `${refusedRecipients} of the recipients were refused.`;
      fail(
        { sink: this.name, cause: "recipients_refused", code: "smtp_rejected", message, count: 1 },
        delivery.isNotice,
      );
    }
    return { kind: "sent" };
  }

  #failed(delivery: Delivery, error: NotifyError, durationMs: number): Outcome {
    const { clock, random, fail } = this.#context;
    const outcome = outcomeOf(error, delivery.attempts, this.configured.settings.retry, random, clock.wallMs());
    if (outcome.kind === "untried") {
      this.#breaker.released();
      return outcome;
    }
    const { code, message } = error;
    this.#lastFailure = { code, message, at: clock.wallMs() };
    // Who asks for time is given it for everything, not for this one alone.
    if (error.retryAfterMs !== undefined) this.#notBefore = clock.steadyMs() + error.retryAfterMs;
    this.#report(delivery, outcome.kind === "dead" ? "dead" : "failed", code, durationMs);
    const failure = { sink: this.name, code, message, count: 1 };
    if (error.blames !== "sink") this.#breaker.released();
    else if (this.#breaker.failed(clock.steadyMs())) fail({ ...failure, cause: "breaker_opened" }, delivery.isNotice);
    if (outcome.kind === "dead") fail({ ...failure, cause: "dead_letter" }, delivery.isNotice);
    return outcome;
  }

  #report(
    { attempts, notification }: Delivery,
    outcome: "sent" | "failed" | "dead",
    code: NotifyErrorCode | undefined,
    durationMs: number,
  ): void {
    this.#context.hooks.onAttempt({
      sink: this.name,
      kind: this.configured.settings.kind,
      outcome,
      code,
      durationSeconds: durationMs / 1_000,
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
