import type { Bench } from "../measure/bench.ts";
import { interleave } from "../measure/interleave.ts";
import { median } from "../measure/statistics.ts";
import { mixture, reads, type Workload, writes } from "../measure/workload.ts";
import type { Figure, Goal } from "../report/figure.ts";
import { printNumber } from "../report/table.ts";
import { fill } from "../server/fill.ts";
import { keys } from "../server/filled-folder.ts";
import { folderIn } from "../server/folder.ts";
import { type Cluster, prepareNodes, startCluster, stopCluster } from "./cluster.ts";
import type { DatabaseServer } from "./database-server.ts";
import { type LoadSample, loadCluster, type Times } from "./load-cluster.ts";
import { findPgbench, type Pgbench, preparePgbench } from "./pgbench.ts";

const workloads = [reads, mixture, writes];
const sqliteEntries = 1_000;
const leastOfPgbench: Goal = { atLeast: 0.5 };

/** A server, or several as one, by the name that its figures have. */
interface Subject {
  readonly name: string;
  readonly cluster: Cluster;
  /** Whose processor time belongs to it. */
  readonly database?: DatabaseServer;
}

interface Case {
  readonly name: string;
  readonly measure: () => Promise<LoadSample>;
}

type Samples = (name: string) => readonly LoadSample[] | undefined;

/** 1, 2 and 3 nodes, the embedded store, and pgbench on the same PostgreSQL, in turns. */
export async function compareThroughput(bench: Bench, server: DatabaseServer): Promise<readonly Figure[]> {
  const subjects: Subject[] = [];
  try {
    subjects.push(await startEmbedded(bench));
    for (const count of [1, 2, 3]) subjects.push(await startNodes(bench, server, count));
    return figuresOf(await measure(bench, subjects, await pgbenchOn(bench, server)));
  } finally {
    await Promise.all(subjects.map(({ cluster }) => stopCluster(cluster)));
  }
}

async function startEmbedded({ folder }: Bench): Promise<Subject> {
  const embedded = folderIn(folder, "nodes-embedded");
  await fill(embedded, keys, sqliteEntries);
  return { name: "embedded store", cluster: await startCluster([embedded]) };
}

async function startNodes(bench: Bench, server: DatabaseServer, count: number): Promise<Subject> {
  const { folders } = await prepareNodes(bench, server, `nodes-of-${count}`, count);
  const name = count === 1 ? "1 node" : `${count} nodes`;
  return { name, cluster: await startCluster(folders), database: server };
}

async function pgbenchOn({ folder }: Bench, server: DatabaseServer): Promise<Pgbench | undefined> {
  const program = findPgbench();
  if (program === undefined) return undefined;
  return preparePgbench(program, (await server.createDatabase()).url, folder);
}

async function measure(
  { isQuick, say }: Bench,
  subjects: readonly Subject[],
  pgbench: Pgbench | undefined,
): Promise<Samples> {
  const times: Times = isQuick ? { warmUpSeconds: 0.2, seconds: 0.5 } : { warmUpSeconds: 0.3, seconds: 1.2 };
  const cases: Case[] = workloads.flatMap((workload) =>
    subjects.map((subject) => ({
      name: nameOf(workload, subject.name),
      measure: () => load(subject, workload, times),
    })),
  );
  if (pgbench !== undefined) cases.push({ name: "pgbench", measure: () => pgbench.load(times.seconds) });
  // Until the compiler has seen everything, the order of the servers would decide.
  for (const subject of subjects) await load(subject, mixture, { warmUpSeconds: 0, seconds: isQuick ? 0.5 : 1 });
  const samples = await interleave(cases, isQuick ? 1 : 3, async (one) => {
    const sample = await one.measure();
    say(`${one.name}: ${printNumber(sample.perSecond)}/s`);
    return sample;
  });
  return (name) => samples.get(cases.find((one) => one.name === name)!);
}

const nameOf = ({ name }: Workload, subject: string): string => `${name}, ${subject}`;

const load = ({ cluster, database }: Subject, workload: Workload, times: Times): Promise<LoadSample> =>
  loadCluster(cluster, workload, times, database);

function figuresOf(samples: Samples): readonly Figure[] {
  const sqlite = (workload: Workload) => nameOf(workload, "embedded store");
  const nodes = (workload: Workload, count: number) => nameOf(workload, count === 1 ? "1 node" : `${count} nodes`);
  const compared = workloads.flatMap((workload) => [
    ...[sqlite(workload), ...[1, 2, 3].map((count) => nodes(workload, count))].map((name) => rateOf(name, samples)),
    ratioOf(nodes(workload, 1), sqlite(workload), samples),
    ratioOf(nodes(workload, 2), nodes(workload, 1), samples),
    ratioOf(nodes(workload, 3), nodes(workload, 1), samples),
  ]);
  const limit = "pgbench";
  if (samples(limit) === undefined) return [...compared, notMeasured];
  const ratios = [1, 2, 3].map((count) => ({ ...ratioOf(nodes(writes, count), limit, samples), goal: leastOfPgbench }));
  return [...compared, { ...rateOf(limit, samples), name: "pgbench, simple update" }, ...ratios];
}

const notMeasured: Figure = {
  name: "pgbench, simple update",
  value: Number.NaN,
  unit: "/s",
  detail: "not measured: no pgbench",
};

function rateOf(name: string, samplesOf: Samples): Figure {
  const samples = samplesOf(name)!;
  const of = (pick: (sample: LoadSample) => number) => printNumber(median(samples.map(pick)));
  const all = samples.map(({ perSecond }) => perSecond);
  const spread = `${printNumber(Math.min(...all))} to ${printNumber(Math.max(...all))}`;
  const latencies = `p50 ${of(({ p50Ms }) => p50Ms)} ms, p99 ${of(({ p99Ms }) => p99Ms)} ms`;
  return {
    name,
    value: median(all),
    unit: "/s",
    detail: [spread, latencies, ...costsOf(samples), ...brokenOffOf(samples)].join("; "),
  };
}

function costsOf(samples: readonly LoadSample[]): readonly string[] {
  const costs = samples.flatMap(({ cost }) => cost ?? []);
  const databases = costs.flatMap(({ databaseMicroseconds }) => databaseMicroseconds ?? []);
  const [node, database] = [median(costs.map((cost) => cost.nodeMicroseconds)), median(databases)].map(printNumber);
  if (costs.length === 0) return [];
  return [databases.length === 0 ? `server ${node} µs each` : `nodes ${node} µs and database ${database} µs each`];
}

function brokenOffOf(samples: readonly LoadSample[]): readonly string[] {
  const loads = samples.reduce((sum, { brokenOff }) => sum + brokenOff, 0);
  return loads === 0 ? [] : [`${loads} loads broken off by a refusal`];
}

/** Rounds are compared one by one: both sides of a round met the same machine. */
function ratioOf(above: string, below: string, samplesOf: Samples): Figure {
  const [upper, lower] = [samplesOf(above)!, samplesOf(below)!];
  const ratios = upper.map(({ perSecond }, round) => perSecond / lower[round]!.perSecond);
  const detail = `rounds ${printNumber(Math.min(...ratios))} to ${printNumber(Math.max(...ratios))}`;
  const name = `${above} / ${below.replace(/^.*, /, "")}`;
  return { name, value: median(ratios), unit: "×", detail };
}
