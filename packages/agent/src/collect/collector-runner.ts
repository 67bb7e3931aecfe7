import type { LossTally, RowChange } from "../events/index.ts";
import type { Collector } from "./collector.ts";
import { StateDiff } from "./state-diff.ts";

/** How a collector is: `failed` will be tried again, `stuck` does not come back from its last look. */
export interface CollectorState {
  readonly name: string;
  readonly state: "waiting" | "running" | "ok" | "failed" | "stuck";
  /** Why, as a code. */
  readonly detail: string;
  /** Looks that failed since the last one that did not. */
  readonly failures: number;
  /** Of the last look that came to an end. */
  readonly durationMs: number;
}

export interface RunnerOptions {
  readonly losses: LossTally;
  readonly put: (changes: readonly RowChange[]) => Promise<void>;
  readonly maxAtATime: number;
  readonly monotonicMs: () => number;
  readonly onFailure: (name: string, reason: string, cause: unknown) => void;
}

interface Running {
  readonly collector: Collector;
  state: CollectorState;
  dueAt: number;
  isUnderWay: boolean;
}

const DEFAULT_DEADLINE_SECONDS = 30;
/** A collector that fails again and again is asked ever more seldom, up to this many times its interval. */
const MAX_BACK_OFF = 16;

/**
 * Asks collectors when they are due, a few at a time (P11), each within its deadline. One that fails is a state that is
 * shown and a loss that is counted, and never the end of the others.
 */
export class CollectorRunner {
  readonly #options: RunnerOptions;
  readonly #running: Running[];
  readonly #diffs = new Map<string, StateDiff>();
  readonly #looks = new Set<Promise<void>>();
  #atATime = 0;
  #isClosed = false;

  constructor(collectors: readonly Collector[], options: RunnerOptions) {
    this.#options = options;
    this.#running = collectors.map((collector) => ({
      collector,
      state: { name: collector.name, state: "waiting", detail: "", failures: 0, durationMs: 0 },
      dueAt: Number.NEGATIVE_INFINITY,
      isUnderWay: false,
    }));
  }

  states(): readonly CollectorState[] {
    return this.#running.map(({ state }) => state);
  }

  /** Starts those that are due, the longest due first; `slowdown` stretches all intervals. */
  startDue(slowdown: number): void {
    const now = this.#options.monotonicMs();
    this.#startThose(({ collector, dueAt }) => dueAt <= now || collector.isDue?.() === true, slowdown);
  }

  #startThose(isDue: (running: Running) => boolean, slowdown: number): void {
    const due = this.#running.filter((running) => !running.isUnderWay && isDue(running));
    for (const running of due.sort((a, b) => a.dueAt - b.dueAt)) {
      if (this.#atATime >= this.#options.maxAtATime) return;
      this.#start(running, slowdown);
    }
  }

  /** Asks this collector at the next opportunity. */
  hurry(name: string): void {
    for (const running of this.#running) if (running.collector.name === name) running.dueAt = Number.NEGATIVE_INFINITY;
  }

  /** Tables of state that were told of. */
  tables(): readonly string[] {
    return [...this.#diffs.keys()];
  }

  /** Rows of this table were lost: all of them are told again, by the next look. */
  forget(table: string): void {
    this.#diffs.delete(table);
    for (const { collector } of this.#running) collector.reset?.();
  }

  /** Waits for what is under way, but no longer than this. */
  async settle(maxMs: number): Promise<void> {
    if (this.#looks.size === 0) return;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, maxMs);
    await Promise.race([Promise.all(this.#looks), late.promise]);
    clearTimeout(timer);
  }

  close(): void {
    this.#isClosed = true;
    for (const { collector } of this.#running) collector.close?.();
  }

  #start(running: Running, slowdown: number): void {
    this.#atATime++;
    running.isUnderWay = true;
    running.state = { ...running.state, state: "running" };
    const look = this.#look(running, slowdown).finally(() => {
      this.#looks.delete(look);
      if (!this.#isClosed) this.#startWaiting(slowdown);
    });
    this.#looks.add(look);
  }

  /** Those for which there was no place when their time came. */
  #startWaiting(slowdown: number): void {
    const now = this.#options.monotonicMs();
    this.#startThose(({ dueAt }) => dueAt <= now, slowdown);
  }

  async #look(running: Running, slowdown: number): Promise<void> {
    const { collector } = running;
    const startedAt = this.#options.monotonicMs();
    const deadlineMs = (collector.deadlineSeconds ?? DEFAULT_DEADLINE_SECONDS) * 1_000;
    const abort = new AbortController();
    const late = Promise.withResolvers<"deadline">();
    const timer = setTimeout(() => late.resolve("deadline"), deadlineMs);
    const look = this.#collect(collector, abort.signal);
    const outcome = await Promise.race([look, late.promise]);
    clearTimeout(timer);
    this.#atATime--;
    const durationMs = this.#options.monotonicMs() - startedAt;
    if (outcome === "deadline") {
      abort.abort();
      this.#note(running, { ...running.state, durationMs }, "deadline", slowdown);
      running.state = { ...running.state, state: "stuck" };
      // Nothing is started beside a look that does not come back: each could hold a thread.
      await look;
    } else {
      this.#note(running, { ...running.state, durationMs }, outcome, slowdown);
    }
    running.isUnderWay = false;
    if (running.state.state === "stuck") running.state = { ...running.state, state: "failed" };
  }

  /** Undefined when all went well; else why not, as a code. */
  async #collect(collector: Collector, signal: AbortSignal): Promise<string | undefined> {
    try {
      const changes = await collector.collect(signal);
      if (!signal.aborted) await this.#options.put(changes.flatMap((change) => this.#different(change)));
      return undefined;
    } catch (cause) {
      if (!signal.aborted) this.#options.onFailure(collector.name, "failed", cause);
      return "failed";
    }
  }

  #note(running: Running, state: CollectorState, reason: string | undefined, slowdown: number): void {
    const failures = reason === undefined ? 0 : state.failures + 1;
    const backOff = Math.min(2 ** failures, MAX_BACK_OFF);
    const intervalMs = running.collector.intervalSeconds * 1_000 * slowdown;
    running.dueAt = this.#options.monotonicMs() + intervalMs * backOff;
    running.state = { ...state, failures, state: reason === undefined ? "ok" : "failed", detail: reason ?? "" };
    if (reason === undefined) return;
    this.#options.losses.add("collector", running.collector.name, reason, 1);
    if (reason === "deadline") this.#options.onFailure(running.collector.name, reason, undefined);
  }

  #different(change: RowChange): readonly RowChange[] {
    if (!("snapshot" in change)) return [change];
    const diff = this.#diffs.get(change.table) ?? new StateDiff(change.table, this.#options.monotonicMs);
    this.#diffs.set(change.table, diff);
    return diff.changes(change.snapshot);
  }
}
