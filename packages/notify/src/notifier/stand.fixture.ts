import { join } from "node:path";
import { onTestFinished } from "vitest";
import { ManualClock, settled } from "../clock.fixture.ts";
import { NotifyError, type NotifyErrorCode } from "../errors.ts";
import { temporaryFolder } from "../folder.fixture.ts";
import { notificationOf } from "../notification.fixture.ts";
import type { Notification } from "../notification.ts";
import type { OutboxLimits } from "../outbox/limits.ts";
import { Outbox } from "../outbox/outbox.ts";
import { parseSinks } from "../settings/parse-sinks.ts";
import type { ConfiguredSink } from "../sinks/open-sinks.ts";
import type { Sent } from "../sinks/sink.ts";
import type { AttemptReport, SinkFailure } from "./hooks.ts";
import { Notifier } from "./notifier.ts";

/** A sink that behaves as a test says, and keeps what it got. */
export class FakeSink {
  readonly name: string;
  readonly sent: Notification[] = [];
  attempts = 0;
  /** Undefined: it takes what it is sent. */
  behaviour: ((notification: Notification, signal: AbortSignal) => Promise<Sent>) | undefined;

  constructor(name: string) {
    this.name = name;
  }

  get ids(): readonly string[] {
    return this.sent.map(({ id }) => id);
  }

  failWith(code: NotifyErrorCode, details: { readonly retryAfterMs?: number } = {}): void {
    this.behaviour = () => Promise.reject(new NotifyError(code, `${this.name} says no`, details));
  }

  /** It never answers, and does not even look whether it was called off. */
  hang(): void {
    this.behaviour = () => new Promise<never>(() => undefined);
  }

  work(): void {
    this.behaviour = undefined;
  }

  /** The sink with settings; what is not given are the defaults of standard output. */
  configured(settings: object = {}): ConfiguredSink {
    const others = [
      { name: "a", kind: "stdout" },
      { name: "b", kind: "stdout" },
    ].filter(({ name }) => name !== this.name);
    const parsed = parseSinks([{ name: this.name, kind: "stdout", ...settings }, ...others]);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    return { settings: parsed.sinks[0]!, sink: this.#sink() };
  }

  #sink(): ConfiguredSink["sink"] {
    return {
      name: this.name,
      kind: "stdout",
      send: async (notification, signal) => {
        this.attempts += 1;
        if (this.behaviour !== undefined) return this.behaviour(notification, signal);
        this.sent.push(notification);
        return { isConfirmed: true };
      },
      check: async () => ({ isHealthy: true, reached: "writable" }),
    };
  }
}

/** A notifier with sinks a and b, whose time a test moves. */
export class NotifierStand {
  readonly clock = new ManualClock();
  readonly a = new FakeSink("a");
  readonly b = new FakeSink("b");
  readonly failures: SinkFailure[] = [];
  readonly recovered: string[] = [];
  readonly attempts: AttemptReport[] = [];
  readonly troubles: string[] = [];
  readonly path = join(temporaryFolder(), "outbox.db");
  readonly #limits: Partial<OutboxLimits>;
  outbox: Outbox;
  notifier: Notifier;

  constructor(
    settings: { readonly a?: object; readonly b?: object } = {},
    limits: Partial<OutboxLimits> = {},
    sinks: (stand: NotifierStand) => readonly ConfiguredSink[] = ({ a, b }) => [
      a.configured(settings.a),
      b.configured({ route: { rules: ["b-only", "both"] }, ...settings.b }),
    ],
  ) {
    this.#limits = limits;
    this.outbox = this.openOutbox();
    this.notifier = this.start(sinks(this));
    onTestFinished(async () => {
      await this.end();
    });
  }

  openOutbox(): Outbox {
    return Outbox.open({
      path: this.path,
      limits: this.#limits,
      now: () => this.clock.wallMs(),
      onEvent: () => undefined,
    });
  }

  start(sinks: readonly ConfiguredSink[]): Notifier {
    return new Notifier({
      outbox: this.outbox,
      sinks,
      host: "web-1",
      clock: this.clock,
      random: () => 0.5,
      hooks: {
        onSinkFailure: (failure) => this.failures.push(failure),
        onSinkRecovered: (sink) => this.recovered.push(sink),
        onAttempt: (report) => this.attempts.push(report),
        onTrouble: ({ code }) => this.troubles.push(code),
      },
    });
  }

  /** Takes in notifications with these ids, and lets happen what needs no time. */
  async notify(...ids: readonly string[]): Promise<void> {
    this.notifier.notify(ids.map((id) => notificationOf({ id })));
    await settled();
  }

  async end(): Promise<void> {
    const closing = this.notifier.close(0);
    await this.clock.advance(0);
    await closing;
    this.outbox.close();
  }
}
