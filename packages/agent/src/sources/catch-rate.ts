import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants, setPriority } from "node:os";
import type { ProcessEvent } from "../collect/index.ts";

/** How many processes of one lifetime were started, and what was told of them. */
export interface CatchRate {
  readonly lifetimeMs: number;
  readonly started: number;
  /** Those of which it was told that they ran a program. */
  readonly caught: number;
  /** Those of which the command line was told too. */
  readonly complete: number;
}

/** How many processes are started, how long they live, and who tells of them. */
export interface CatchRateOptions {
  /** Calls the listener for each event until the answer is called; of a source, or of the tracker for what it finds. */
  readonly observe: (listener: (event: ProcessEvent) => void) => () => void;
  readonly lifetimesMs?: readonly number[];
  /** Processes of each lifetime. */
  readonly count?: number;
  /** How long after the last one an event may arrive: more than a tick, where processes are found by looking. */
  readonly settleMs?: number;
  readonly signal?: AbortSignal;
  readonly launch?: typeof launchProcesses;
}

/** The lifetimes of the table agent_sources. */
export const measuredLifetimesMs = [1, 10, 100, 1000] as const;
const MAX_COUNT = 1000;

/**
 * Starts processes of known lifetimes, one lifetime after the other, and counts those that are told of. They are the
 * children of a shell, not of this process, which has to be idle as it mostly is, and of the lowest priority.
 */
export async function measureCatchRate(options: CatchRateOptions): Promise<CatchRate[]> {
  const { lifetimesMs = measuredLifetimesMs, count = 5, signal } = options;
  if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT) throw new RangeError(`count: 1 to ${MAX_COUNT}`);
  const rates: CatchRate[] = [];
  for (const lifetimeMs of lifetimesMs) {
    signal?.throwIfAborted();
    rates.push(await measureLifetime(lifetimeMs, count, options));
  }
  return rates;
}

async function measureLifetime(lifetimeMs: number, count: number, options: CatchRateOptions): Promise<CatchRate> {
  const { observe, settleMs = 500, signal, launch = launchProcesses } = options;
  const marker = String(Math.floor(Math.random() * 1e6)).padStart(6, "1");
  const witness = new Witness(marker);
  const end = observe((event) => witness.hear(event));
  try {
    const launched = launch({ lifetimeMs, count, marker });
    witness.launcher = launched.pid;
    await endOf(launched, signal);
    await new Promise((resolve) => setTimeout(resolve, settleMs));
  } finally {
    end();
  }
  return { lifetimeMs, started: count, ...witness.counts(count) };
}

/** Recognises the launched processes: by their parent, since of some nothing else is told. */
class Witness {
  launcher: number | undefined;
  readonly #marker: string;
  /** What was heard before the launcher's id was known. */
  readonly #events: ProcessEvent[] = [];

  constructor(marker: string) {
    this.#marker = marker;
  }

  hear(event: ProcessEvent): void {
    if (event.type !== "exit" && this.#events.length < MAX_HEARD) this.#events.push(event);
  }

  counts(most: number): { caught: number; complete: number } {
    const children = new Set(this.#events.filter((event) => event.parent === this.launcher).map((event) => event.pid));
    const programs = this.#events.filter((event) => event.type !== "fork" && children.has(event.pid));
    const isComplete = (event: ProcessEvent): boolean => event.cmdline?.includes(this.#marker) === true;
    const distinct = (events: readonly ProcessEvent[]): number => new Set(events.map((event) => event.pid)).size;
    return {
      caught: Math.min(distinct(programs), most),
      complete: Math.min(distinct(programs.filter((event) => isComplete(event))), most),
    };
  }
}

const MAX_HEARD = 100_000;

/** Processes of one lifetime that are to be started. */
export interface Launch {
  readonly lifetimeMs: number;
  readonly count: number;
  /** Digits that stand in the command line of each. */
  readonly marker: string;
}

/**
 * Starts a shell that starts the processes: short ones one by one, so that a look finds one of them or another and not
 * all or none; those that live as long as a tick at the same time.
 */
export function launchProcesses({ lifetimeMs, count, marker }: Launch): ChildProcess {
  // A program that does nothing takes about 1 ms.
  const isShortest = lifetimeMs <= 1;
  const program = [`/bin/${isShortest ? "true" : "sleep"}`, `/usr/bin/${isShortest ? "true" : "sleep"}`].find(
    existsSync,
  );
  if (program === undefined) throw new Error("neither true nor sleep is there");
  const argument = isShortest ? marker : `${(lifetimeMs / 1000).toFixed(3)}${marker}`;
  const start = lifetimeMs > 100 ? `"$0" "$1" &` : `"$0" "$1"`;
  const script = `i=0; while [ $i -lt ${count} ]; do ${start}\ni=$((i+1)); done; wait`;
  const shell = spawn("/bin/sh", ["-c", script, program, argument], { stdio: "ignore", cwd: "/" });
  if (shell.pid !== undefined) setPriority(shell.pid, constants.priority.PRIORITY_LOW);
  return shell;
}

async function endOf(child: ChildProcess, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = (): void => void child.kill("SIGKILL");
  child.once("error", reject);
  child.once("exit", () => resolve());
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    await promise;
    signal?.throwIfAborted();
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}
