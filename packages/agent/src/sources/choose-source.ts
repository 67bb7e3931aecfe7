import type { ProcessEvent, ProcessSourceName } from "../collect/index.ts";
import { auditSource } from "./audit/audit.ts";
import { type CatchRate, type CatchRateOptions, measureCatchRate } from "./catch-rate.ts";
import { connectorSource } from "./connector/connector.ts";
import { ebpfSource } from "./ebpf/ebpf.ts";
import type { Emit, EventSource, Lose, SourceReadings, SourceState } from "./event-source.ts";
import { PollingSource } from "./polling.ts";
import { RetryTimer } from "./retry-timer.ts";

/** What the configuration may say: the best that serves everywhere, or one by name. */
export type SourceSetting = "auto" | ProcessSourceName;

/** Which sources there are to choose from, and what they work with. */
export interface SourceOptions {
  /** All there are, in the order in which they are shown. */
  readonly sources?: readonly EventSource[];
  /** Told whenever another source has become active, or a state is another one. */
  readonly onChange?: () => void;
  readonly retrySeconds?: number;
  readonly maxRetrySeconds?: number;
}

/** What is known of one source, for status, metrics and the table agent_sources. */
export interface SourceReading extends SourceState, SourceReadings {
  readonly name: ProcessSourceName;
  readonly catchRates: readonly CatchRate[];
}

/** Those that serve without being asked for, best first. The last one cannot fail. */
const fallbacks: readonly ProcessSourceName[] = ["connector", "polling"];

/** Between why a source broke, and why it cannot be started again. */
const STILL = "; not back: ";

/** The source that was asked for, or the best that can be had instead of it, loudly. */
export function chooseSource(setting: SourceSetting, options: SourceOptions = {}): ChosenSource {
  return new ChosenSource(setting, options);
}

/** One source is active at a time. When it fails, the next one takes over, and better ones are tried again and again. */
export class ChosenSource {
  readonly #setting: SourceSetting;
  readonly #sources: readonly EventSource[];
  /** Best first. */
  readonly #candidates: readonly EventSource[];
  readonly #states = new Map<EventSource, SourceState>();
  readonly #catchRates = new Map<ProcessSourceName, readonly CatchRate[]>();
  readonly #observers = new Set<Emit>();
  readonly #onChange: () => void;
  readonly #retry: RetryTimer;
  #active: EventSource | undefined;
  #emit: Emit = () => {};
  #lose: Lose = () => {};
  #isStopped = true;
  #measurement: Promise<readonly CatchRate[]> | undefined;
  /** One change at a time. */
  #turn: Promise<void> = Promise.resolve();

  constructor(setting: SourceSetting, options: SourceOptions) {
    this.#setting = setting;
    this.#sources = options.sources ?? [connectorSource(), auditSource(), ebpfSource(), new PollingSource()];
    const names = setting === "auto" ? fallbacks : [...new Set([setting, ...fallbacks])];
    const named = names.map((name) => this.#sources.find((source) => source.name === name));
    this.#candidates = named.filter((source) => source !== undefined);
    this.#onChange = options.onChange ?? (() => {});
    this.#retry = new RetryTimer(
      (options.retrySeconds ?? 1) * 1000,
      (options.maxRetrySeconds ?? 300) * 1000,
      () => void this.#takeBest(this.#candidates),
    );
  }

  /** Name of the active source. */
  get name(): ProcessSourceName {
    return this.#active?.name ?? "polling";
  }

  /** Starts the best that can be had; what it is stands in the answer and in the readings. */
  async start(emit: Emit, lose: Lose): Promise<SourceState> {
    this.#emit = emit;
    this.#lose = lose;
    this.#isStopped = false;
    for (const source of this.#sources) this.#states.set(source, this.#stateWhenIdle(source));
    await this.#takeBest(this.#candidates);
    const active = this.#active;
    return (active && this.#states.get(active)) ?? { state: "unavailable", detail: "no source could be started" };
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#retry.cancel();
    await this.#turn;
    await this.#active?.stop();
    this.#active = undefined;
  }

  readings(): readonly SourceReading[] {
    return this.#sources.map((source) => ({
      name: source.name,
      ...(this.#states.get(source) ?? this.#stateWhenIdle(source)),
      ...source.readings(),
      catchRates: this.#catchRates.get(source.name) ?? [],
    }));
  }

  /** Calls `listener` for each event of the active source, beside whoever started it; the answer ends that. */
  observe(listener: Emit): () => void {
    this.#observers.add(listener);
    return () => this.#observers.delete(listener);
  }

  /** Takes what was found by looking: where nothing else tells of processes, that is what observers hear of. */
  found(event: ProcessEvent): void {
    if (this.#active?.name !== "polling") return;
    for (const observer of this.#observers) observer(event);
  }

  /** Measures what the active source catches, and keeps that for its readings. Measures once at a time. */
  measure(options: Partial<CatchRateOptions> = {}): Promise<readonly CatchRate[]> {
    this.#measurement ??= this.#measure(options).finally(() => {
      this.#measurement = undefined;
    });
    return this.#measurement;
  }

  async #measure(options: Partial<CatchRateOptions>): Promise<readonly CatchRate[]> {
    const { name } = this;
    const rates = await measureCatchRate({ observe: (listener) => this.observe(listener), ...options });
    if (this.name !== name) return rates;
    this.#catchRates.set(name, rates);
    this.#onChange();
    return rates;
  }

  #stateWhenIdle(source: EventSource): SourceState {
    const obstacle = source.obstacle();
    if (obstacle !== undefined) return { state: "unavailable", detail: obstacle };
    return { state: "standby", detail: `not chosen (process source: ${this.#setting})` };
  }

  /** Has the best candidate that starts take over, and comes back later when that is not the one that is wanted. */
  #takeBest(candidates: readonly EventSource[]): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      const before = this.#shownStates();
      for (const source of candidates) {
        if (this.#isStopped || source === this.#active || (await this.#isTakenOver(source))) break;
      }
      if (!this.#isStopped && this.#active !== this.#candidates[0]) this.#retry.arm();
      if (this.#shownStates() !== before) this.#onChange();
    });
    return this.#turn;
  }

  /** Until the new source is known to tell of events, the old one is listened to: no gap, and nothing twice. */
  async #isTakenOver(source: EventSource): Promise<boolean> {
    const state = await source.start(
      (event) => this.#pass(source, event),
      (count, reason) => this.#lose(count, reason),
      (detail) => this.#onFailure(source, detail),
    );
    const { state: before, detail } = this.#states.get(source) ?? state;
    // That it broke stays visible for as long as it is not back.
    const isStillBroken = before === "failed" && state.state !== "active";
    this.#states.set(
      source,
      isStillBroken ? { state: before, detail: `${detail.split(STILL)[0]}${STILL}${state.detail}` } : state,
    );
    if (state.state !== "active") return false;
    const old = this.#active;
    this.#active = source;
    if (old === undefined) return true;
    this.#states.set(old, { state: "standby", detail: `${source.name} is back` });
    await old.stop();
    return true;
  }

  #shownStates(): string {
    return JSON.stringify([...this.#states.values()]);
  }

  #pass(source: EventSource, event: ProcessEvent): void {
    if (this.#active !== undefined && this.#active !== source) return;
    this.#emit(event);
    for (const observer of this.#observers) observer(event);
  }

  /** Takes what is left at once; the one that failed is tried again after a pause. */
  #onFailure(source: EventSource, detail: string): void {
    this.#states.set(source, { state: "failed", detail });
    // How much was lost is not known: more than nothing.
    this.#lose(1, "source_failed");
    this.#onChange();
    this.#turn = this.#turn.then(async () => {
      await source.stop();
      if (this.#active === source) this.#active = undefined;
    });
    void this.#takeBest(this.#candidates.filter((candidate) => candidate !== source));
  }
}
