import type { Health } from "../systemd/keep-alive.ts";
import { type PartReport, reportPart } from "./part-report.ts";
import {
  defaultPartPolicy,
  partAtRest,
  type PartEvent,
  type PartPolicy,
  type PartState,
  stepPart,
} from "./part-state.ts";

/** Something that runs beside others in this process, or a child that it keeps. */
export interface Part {
  readonly name: string;
  readonly policy?: Partial<PartPolicy>;
  /**
   * Runs until `signal` is aborted, and calls `beat` while it gets on. An end that was not asked for is a failure. A child
   * process is killed on abort: what runs in this process can only be asked.
   */
  run(life: { readonly signal: AbortSignal; readonly beat: () => void }): Promise<void>;
}

export interface SupervisorOptions {
  /** Told when a part changes its state. */
  readonly onChange?: (report: PartReport) => void;
  readonly intervalMs?: number;
  /** Milliseconds of a clock that never jumps. */
  readonly now?: () => number;
  readonly random?: () => number;
}

interface Supervised {
  readonly part: Part;
  readonly policy: PartPolicy;
  state: PartState;
  abort: AbortController | undefined;
  run: Promise<void> | undefined;
}

const INTERVAL_MS = 1_000;

/** Starts parts, notices when one is silent or gone, and starts it again, spaced ever wider. */
export class Supervisor {
  readonly #parts: readonly Supervised[];
  readonly #options: Required<SupervisorOptions>;
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = 0;

  constructor(parts: readonly Part[], options: SupervisorOptions = {}) {
    this.#options = {
      onChange: () => undefined,
      intervalMs: INTERVAL_MS,
      now: () => performance.now(),
      random: Math.random,
      ...options,
    };
    this.#parts = parts.map((part) => ({
      part,
      policy: { ...defaultPartPolicy, ...part.policy },
      state: partAtRest,
      abort: undefined,
      run: undefined,
    }));
  }

  start(): void {
    if (this.#timer !== undefined) return;
    const at = this.#options.now();
    this.#lookedAt = at;
    for (const supervised of this.#parts) this.#step(supervised, { type: "open", at });
    this.#timer = setInterval(() => this.#look(), this.#options.intervalMs);
  }

  reports(): readonly PartReport[] {
    const at = this.#options.now();
    return this.#parts.map(({ part, state }) => reportPart(part.name, state, at));
  }

  /** A stuck part is beyond the supervisor: whoever restarts the process has to help (`WatchdogSec`). */
  health(): Health {
    const stuck = this.reports().filter(({ state }) => state === "stuck");
    if (stuck.length === 0) return { isHealthy: true };
    return { isHealthy: false, reason: `${stuck.map(({ name }) => name).join(", ")} does not stop` };
  }

  /** Asks all parts to stop, and waits for those that do so in time. Says which did not. */
  async stop(): Promise<readonly string[]> {
    clearInterval(this.#timer);
    const at = this.#options.now();
    for (const supervised of this.#parts) this.#step(supervised, { type: "close", at });
    const stopped = await Promise.all(this.#parts.map((supervised) => stoppedInTime(supervised)));
    return this.#parts.filter((_, index) => stopped[index] === false).map(({ part }) => part.name);
  }

  #look(): void {
    const at = this.#options.now();
    const lateMs = Math.max(at - this.#lookedAt - this.#options.intervalMs, 0);
    this.#lookedAt = at;
    for (const supervised of this.#parts) this.#step(supervised, { type: "tick", at, lateMs });
  }

  #step(supervised: Supervised, event: PartEvent): void {
    const before = supervised.state;
    const { state, action } = stepPart(before, event, supervised.policy);
    supervised.state = state;
    if (action === "start") this.#run(supervised);
    if (action === "stop") supervised.abort?.abort();
    const report = reportPart(supervised.part.name, state, event.at);
    const was = reportPart(supervised.part.name, before, event.at);
    if (report.state !== was.state || report.isFailing !== was.isFailing) this.#options.onChange(report);
  }

  #run(supervised: Supervised): void {
    const abort = new AbortController();
    supervised.abort = abort;
    const beat = (): void => {
      // A part that was given up may still be running its last lines.
      if (supervised.abort === abort) this.#step(supervised, { type: "beat", at: this.#options.now() });
    };
    const end = (reason: string): void => {
      const { now, random } = this.#options;
      this.#step(supervised, { type: "ended", at: now(), reason, chance: random() });
    };
    supervised.run = Promise.resolve()
      .then(() => supervised.part.run({ signal: abort.signal, beat }))
      .then(
        () => end("it ended"),
        (error: unknown) => end(`it failed: ${codeOf(error)}`),
      );
  }
}

/** Names and codes only: a message may quote data (ATTACKS 25). */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code: unknown = "code" in error ? error.code : undefined;
  return typeof code === "string" ? `${error.name} (${code})` : error.name;
}

async function stoppedInTime({ run, policy }: Supervised): Promise<boolean> {
  if (run === undefined) return true;
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, policy.graceMs, false);
  const isDone = await Promise.race([run.then(() => true), late]);
  clearTimeout(timer);
  return isDone;
}
