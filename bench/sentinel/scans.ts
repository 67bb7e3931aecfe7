import type { Bench } from "../measure/bench.ts";
import { interleave } from "../measure/interleave.ts";
import { median } from "../measure/statistics.ts";
import type { Figure, Goal } from "../report/figure.ts";
import { printNumber } from "../report/table.ts";
import { type Contender, cContender, compileScan, ownContender, psContender, psutilContender } from "./contenders.ts";
import type { Look, LookRequest } from "./look.ts";
import { LeftOut, type Measured, orLeftOut } from "./measured.ts";
import { Sleepers } from "./sleepers.ts";
import { Subject } from "./subject.ts";

const sizes = [100, 1_000, 5_000] as const;
const quickSizes = [100, 1_000] as const;
/** Enough looks that steps of 10 ms do not matter. */
const looksOfRound: Readonly<Record<number, number>> = { 100: 12, 1_000: 4, 5_000: 2 };
const maxSeconds = 1_800;

const mostTimesC = 1.5;
const mostTimesPs = 1;
const mostSteadyTimesPs = 0.4;

const full = "full look, holdfast";
const first = "first look, holdfast";
const steady = "steady tick, holdfast";
const fullInC = "full look, C program";
const firstInC = "first look, C program";
const ps = "`ps`";

type Looks = ReadonlyMap<string, readonly Look[]>;

/** One look at all processes of a host, by ours and by what others offer, at three sizes of a host. */
export async function measureScans(bench: Bench): Promise<Measured> {
  const found = await findContenders(bench);
  const figures: Figure[] = [];
  const leftOut = [...found.leftOut];
  for (const size of bench.isQuick ? quickSizes : sizes) {
    const measured = await orLeftOut(() => measureAt(bench, size, found.others));
    if (measured instanceof LeftOut) leftOut.push(`${size} processes (${measured.message})`);
    else figures.push(...figuresAt(size, measured));
  }
  return {
    method:
      "Looks: processor time of one look at all processes, user and system, of which so many sleep and the rest is what " +
      "runs here, all in turns. Full: everything about each process is read again, as the agent does for a sixtieth of " +
      "them at each tick; what only the process itself can change is read in one of five looks where the kernel says that " +
      "it has not run in between, and the looks of a round are taken together; first: nobody was seen before, and the rows of both tables are made; steady: what the agent " +
      "does each second while nothing happens, over sixty ticks. The C program reads the same files of each process by " +
      "the same calls, in the same round, and makes nothing of them; which file runs, and whether it is still there, it does not ask: reading alone is ours without that. Its " +
      "start, and that of Python, do not count; that of `ps -eo pid,ppid,user,args` does.",
    figures,
    leftOut,
  };
}

interface Found {
  readonly others: readonly Contender[];
  readonly leftOut: readonly string[];
}

async function findContenders({ folder }: Bench): Promise<Found> {
  const attempts = [
    await orLeftOut(() => compileScan(folder)),
    await orLeftOut(psContender),
    await orLeftOut(psutilContender),
  ];
  const leftOut = attempts.flatMap((one) => (one instanceof LeftOut ? one.message : []));
  const others = attempts.flatMap((one) => {
    if (one instanceof LeftOut) return [];
    return typeof one === "string" ? [cContender(fullInC, one, "full"), cContender(firstInC, one, "first")] : one;
  });
  return { others, leftOut };
}

async function measureAt(bench: Bench, size: number, others: readonly Contender[]): Promise<Looks> {
  await using _sleepers = await Sleepers.start(size, maxSeconds);
  await using subject = Subject.start<LookRequest, Look>(new URL("scan-subject.ts", import.meta.url));
  const contenders = [
    ownContender(full, "full", subject),
    ownContender(first, "first", subject),
    ownContender(steady, "steady", subject, 1),
    ownContender("systeminformation", "portable", subject, 4),
    ...others,
  ];
  const times = looksOfRound[size]!;
  // Fills caches, and lets the compiler see what is hot.
  for (const contender of contenders) await contender.look(times);
  const looks = await interleave(contenders, bench.isQuick ? 3 : 7, (contender) => contender.look(times));
  bench.say(`${size} processes: measured`);
  return new Map([...looks].map(([{ name }, all]) => [name, all]));
}

function figuresAt(size: number, looks: Looks): readonly Figure[] {
  const at = `at ${printNumber(size)}`;
  const ratio = (one: string, other: string, goal?: Goal): readonly Figure[] => {
    const [own, others] = [looks.get(one) ?? [], looks.get(other) ?? []];
    if (own.length === 0 || others.length === 0) return [];
    const rounds = own.map(({ milliseconds }, round) => milliseconds / others[round]!.milliseconds);
    const readings = own.flatMap(({ readingMilliseconds: reading }, round) =>
      reading === undefined ? [] : reading / others[round]!.milliseconds,
    );
    const spread = `rounds ${printNumber(Math.min(...rounds))} to ${printNumber(Math.max(...rounds))}`;
    const detail = `${spread}; reading alone ${printNumber(median(readings))} ×`;
    const name = `${one} / ${other.replace(/^\w+ look, /, "")}, ${at}`;
    return [{ name, value: median(rounds), unit: "×", detail, ...(goal === undefined ? {} : { goal }) }];
  };
  return [
    ...[...looks].map(([name, all]) => timeOf(`${name}, ${at}`, all)),
    ...ratio(full, fullInC, { atMost: mostTimesC }),
    ...ratio(full, ps, { atMost: mostTimesPs }),
    ...ratio(first, firstInC),
    ...ratio(first, ps),
    ...ratio(steady, ps, { atMost: mostSteadyTimesPs }),
  ];
}

function timeOf(name: string, looks: readonly Look[]): Figure {
  const times = looks.map(({ milliseconds }) => milliseconds);
  const spread = `${printNumber(Math.min(...times))} to ${printNumber(Math.max(...times))} ms`;
  const readings = looks.flatMap(({ readingMilliseconds }) => readingMilliseconds ?? []);
  const reading = readings.length === 0 ? "" : `; reading alone ${printNumber(median(readings))} ms`;
  const detail = `${spread}${reading}; ${looks.at(-1)?.processes} processes seen`;
  return { name, value: median(times), unit: "ms", detail };
}
