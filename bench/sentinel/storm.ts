import { type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { launchProcesses, measuredLifetimesMs } from "../../packages/agent/src/sources/catch-rate.ts";
import type { Bench } from "../measure/bench.ts";
import { LeftOut } from "./measured.ts";
import { launchStorm } from "./launch-storm.ts";
import { familySeconds } from "./processor-time.ts";
import { eventsFile, type SeeRequest, type Seen, type SourceName } from "./seeing.ts";
import { Subject } from "./subject.ts";

/** More than a tick, after which what was missed is found. */
const settleMs = 2_500;
const idleMs = 2_000;

/** What became of processes that were started. */
export interface Caught {
  readonly started: number;
  /** Those with a row of process_events that says that a program runs. */
  readonly caught: number;
  /** Those of which that row has the arguments. */
  readonly complete: number;
}

export interface Storm extends Caught {
  readonly seconds: number;
  /** Processor time of whoever saw it. */
  readonly cpuSeconds: number;
  /** Share of a core that it took before. */
  readonly idleShare: number;
}

/** What one source saw in one life. */
export interface SourceRun {
  readonly storm: Storm;
  readonly lifetimes: ReadonlyMap<number, Caught>;
  /** Rows of agent_losses, summed: `stage name reason` and how many. */
  readonly losses: ReadonlyMap<string, number>;
}

/** Has one source see processes of known lifetimes and a storm; throws LeftOut where it cannot be had. */
export async function measureSource({ folder, isQuick }: Bench, source: SourceName): Promise<SourceRun> {
  const place = join(folder, `source-${source}`);
  mkdirSync(place);
  try {
    await using subject = Subject.start<SeeRequest, Seen>(new URL("source-subject.ts", import.meta.url));
    const { state, detail } = await subject.ask({ do: "begin", source, folder: place });
    if (state !== "active") throw new LeftOut(`the source ${source} (${detail})`);
    await sleep(settleMs);
    const launched = new Map<number, Launched>();
    for (const lifetimeMs of measuredLifetimesMs) launched.set(lifetimeMs, await launch(lifetimeMs, isQuick ? 20 : 50));
    const idleShare = await shareWhile(subject.pid, () => sleep(idleMs));
    const before = familySeconds(subject.pid);
    const storm = await launchAll(isQuick ? 3 : 10);
    await sleep(settleMs);
    await subject.ask({ do: "settle" });
    const cpuSeconds = familySeconds(subject.pid) - before;
    using rows = new Rows(join(place, eventsFile));
    return {
      storm: { ...rows.of(storm), seconds: storm.seconds, cpuSeconds, idleShare },
      lifetimes: new Map([...launched].map(([lifetimeMs, one]) => [lifetimeMs, rows.of(one)])),
      losses: rows.losses(),
    };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Children of one shell. */
interface Launched {
  readonly launcher: number;
  readonly marker: string;
  readonly started: number;
}

async function launch(lifetimeMs: number, count: number): Promise<Launched> {
  const marker = newMarker();
  const shell = launchProcesses({ lifetimeMs, count, marker });
  await endOf(shell);
  return { launcher: shell.pid!, marker, started: count };
}

async function launchAll(seconds: number): Promise<Launched & { readonly seconds: number }> {
  const marker = newMarker();
  const startedAt = performance.now();
  const { shell, starts } = launchStorm(seconds, marker);
  await endOf(shell);
  return { launcher: shell.pid!, marker, started: starts, seconds: (performance.now() - startedAt) / 1_000 };
}

async function endOf(shell: ChildProcess): Promise<void> {
  try {
    const [code] = (await once(shell, "exit", { signal: AbortSignal.timeout(120_000) })) as [number | null];
    if (code !== 0) throw new Error(`the shell that starts processes ended with ${code}`);
  } finally {
    shell.kill("SIGKILL");
  }
}

/** Six digits: they stand in the arguments of a program that takes numbers. */
const newMarker = (): string => String(100_000 + Math.floor(Math.random() * 900_000));

async function shareWhile(pid: number, during: () => Promise<unknown>): Promise<number> {
  const [before, startedAt] = [familySeconds(pid), performance.now()];
  await during();
  return ((familySeconds(pid) - before) * 1_000) / (performance.now() - startedAt);
}

/** What was written of what was seen. */
class Rows implements Disposable {
  readonly #database: DatabaseSync;

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { readOnly: true });
  }

  of({ launcher, marker, started }: Launched): Caught {
    // A child that has not begun its program yet still has the arguments of the shell.
    const found = this.#database
      .prepare(
        `SELECT count(DISTINCT pid) AS caught,
                count(DISTINCT iif(instr(cmdline, ?) > 0 AND instr(cmdline, 'while') = 0, pid, NULL)) AS complete
         FROM process_events WHERE parent = ? AND type IN ('exec', 'found')`,
      )
      .get(marker, launcher) as { caught: number; complete: number };
    return { started, caught: found.caught, complete: found.complete };
  }

  losses(): ReadonlyMap<string, number> {
    const rows = this.#database
      .prepare(
        "SELECT stage || ' ' || name || ' ' || reason AS what, sum(lost) AS lost FROM agent_losses GROUP BY what",
      )
      .all() as { what: string; lost: number }[];
    return new Map(rows.map(({ what, lost }) => [what, lost]));
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
