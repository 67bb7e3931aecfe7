import type { Bench } from "../measure/bench.ts";
import { interleave } from "../measure/interleave.ts";
import { median } from "../measure/statistics.ts";
import type { Figure } from "../report/figure.ts";
import { printNumber } from "../report/table.ts";
import { startsPerSecond } from "./launch-storm.ts";
import { LeftOut, type Measured, orLeftOut } from "./measured.ts";
import { sourceNames } from "./seeing.ts";
import { type Caught, measureSource, type SourceRun } from "./storm.ts";

/** What each source of events catches, and what that costs, when many processes start and when few do. */
export async function measureSources(bench: Bench): Promise<Measured> {
  const outcomes = await interleave(sourceNames, bench.isQuick ? 1 : 3, async (source) => {
    const outcome = await orLeftOut(() => measureSource(bench, source));
    bench.say(`source ${source}: ${outcome instanceof LeftOut ? outcome.message : "measured"}`);
    return outcome;
  });
  const measured = [...outcomes].map(([source, all]) => ({ source, runs: all.filter(isRun) }));
  const missing = [...outcomes.values()].flatMap((all) => all.filter((one) => one instanceof LeftOut));
  return {
    method:
      `Sources: a process that sees and stores as the agent does, at ticks of 1 s, and judges nothing; what counts are the ` +
      `rows in its store. Storm: ${startsPerSecond} starts of a program that does nothing in each second, in batches of ` +
      "fifty; its processor time holds reading, looking, storing and the search for what was missed, and not what the " +
      "kernel does for the source in the processes that start. Lifetimes: as in the table agent_sources. Complete rows " +
      "have the arguments.",
    figures: measured.flatMap(({ source, runs }) => (runs.length === 0 ? [] : figuresOf(source, runs))),
    leftOut: [...new Set(missing.map(({ message }) => message))],
  };
}

const isRun = (outcome: SourceRun | LeftOut): outcome is SourceRun => !(outcome instanceof LeftOut);

function figuresOf(source: string, runs: readonly SourceRun[]): readonly Figure[] {
  const storms = runs.map(({ storm }) => storm);
  const { caught, complete, started } = sumOf(storms);
  const rate = median(storms.map((storm) => storm.started / storm.seconds));
  const share = median(storms.map(({ cpuSeconds, seconds }) => cpuSeconds / seconds));
  const idle = median(storms.map(({ idleShare }) => idleShare));
  const lifetimes = [...runs[0]!.lifetimes.keys()].map((lifetimeMs) => ({
    lifetimeMs,
    ...sumOf(runs.map((run) => run.lifetimes.get(lifetimeMs)!)),
  }));
  return [
    {
      name: `storm caught, ${source}`,
      value: percent(caught, started),
      unit: "%",
      detail: `${printNumber(percent(complete, started))} % complete, of ${started.toLocaleString("en")} at ${printNumber(rate)} /s; ${lossesOf(runs)}`,
    },
    {
      name: `processor time of a start, ${source}`,
      value: median(storms.map((storm) => (storm.cpuSeconds / storm.started) * 1e6)),
      unit: "µs",
      detail: `${printNumber(share)} of a core in the storm, ${printNumber(idle)} before`,
    },
    ...lifetimes.map((one) => ({
      name: `caught of ${one.lifetimeMs} ms, ${source}`,
      value: percent(one.caught, one.started),
      unit: "%",
      detail: `${printNumber(percent(one.complete, one.started))} % complete, of ${one.started}`,
    })),
  ];
}

const percent = (part: number, whole: number): number => (part * 100) / whole;

function sumOf(all: readonly Caught[]): Caught {
  const sum = (pick: (one: Caught) => number) => all.reduce((total, one) => total + pick(one), 0);
  return {
    started: sum(({ started }) => started),
    caught: sum(({ caught }) => caught),
    complete: sum(({ complete }) => complete),
  };
}

/** Of whole runs: what else went on at that time is in it. */
function lossesOf(runs: readonly SourceRun[]): string {
  const losses = new Map<string, number>();
  for (const run of runs) for (const [what, lost] of run.losses) losses.set(what, (losses.get(what) ?? 0) + lost);
  if (losses.size === 0) return "no loss counted";
  return `counted losses: ${[...losses].map(([what, lost]) => `${what} ${lost}`).join(", ")}`;
}
