import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Bench } from "../measure/bench.ts";
import { interleave } from "../measure/interleave.ts";
import { median } from "../measure/statistics.ts";
import { reads, writes } from "../measure/workload.ts";
import type { Figure } from "../report/figure.ts";
import { printNumber } from "../report/table.ts";
import { Child } from "../server/child.ts";
import { ledgerSizes } from "../server/filled-folder.ts";
import type { Folder } from "../server/folder.ts";
import { type Cluster, prepareNodes, startCluster, stopCluster } from "./cluster.ts";
import type { DatabaseServer } from "./database-server.ts";
import { type FilledLedger, fillEntries } from "./fill-entries.ts";
import { loadCluster, type Times } from "./load-cluster.ts";
import { NodeClient } from "./node-client.ts";
import { measureQuestions } from "./questions.ts";

const holdfast = [fileURLToPath(new URL("../../packages/cli/bin/holdfast", import.meta.url)), "up"];
const mostVerificationMs = 120_000;

/** A ledger of some size, and the folder of the one node on it. */
interface Subject {
  readonly ledger: FilledLedger;
  readonly folder: Folder;
}

/** A subject whose node runs. */
interface Running extends Subject {
  readonly cluster: Cluster;
}

/** What a ledger of a thousand entries and one of a million do to a node. */
export async function measureLargeLedger(bench: Bench, server: DatabaseServer): Promise<readonly Figure[]> {
  const [smallest, , largest] = ledgerSizes(bench);
  const subjects: Subject[] = [];
  for (const size of [smallest, largest]) subjects.push(await prepareLedger(bench, server, size));
  const starts = await startUps(bench, subjects);
  const running: Running[] = [];
  try {
    for (const subject of subjects) running.push({ ...subject, cluster: await startCluster([subject.folder]) });
    const [small, large] = running as [Running, Running];
    bench.say(`verified in the background within ${await untilVerified(large)} s of being ready`);
    return [
      ...growthOf(subjects, { name: "start-up", unit: "ms", small: starts[0]!, large: starts[1]! }),
      ...(await loads(bench, small, large)),
      ...[small, large].map(memoryOf),
      ...(await measureQuestions(bench, large.cluster.sockets[0]!, large.ledger)),
    ];
  } finally {
    await Promise.all(running.map(({ cluster }) => stopCluster(cluster)));
  }
}

async function prepareLedger(bench: Bench, server: DatabaseServer, size: number): Promise<Subject> {
  const { folders } = await prepareNodes(bench, server, `nodes-${size}-entries`, 1);
  const folder = folders[0]!;
  const startedAt = performance.now();
  const ledger = await fillEntries(folder, size);
  bench.say(`filled a ledger of ${size} entries in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  return { ledger, folder };
}

/** Milliseconds from spawn to ready, of each subject in turns. */
async function startUps({ isQuick }: Bench, subjects: readonly Subject[]): Promise<readonly (readonly number[])[]> {
  const times = await interleave(subjects, isQuick ? 1 : 4, async ({ folder }) => {
    await using child = await Child.start(holdfast, folder.env);
    return child.startedInMs;
  });
  return subjects.map((subject) => times.get(subject)!);
}

/** A start verifies the whole ledger in the background; what that costs is not what growth costs. */
async function untilVerified({ cluster, ledger }: Running): Promise<string> {
  const client = new NodeClient(cluster.sockets[0]!);
  const startedAt = performance.now();
  const deadline = startedAt + mostVerificationMs;
  for (;;) {
    const status = await client.output<{ ledger: { verifiedSize: number } }>("GET", "/api/status");
    if (status.ledger.verifiedSize >= ledger.size) break;
    if (performance.now() > deadline) throw new Error(`not verified within ${mostVerificationMs} ms`);
    await sleep(200);
  }
  client.close();
  return ((performance.now() - startedAt) / 1000).toFixed(1);
}

async function loads({ isQuick, say }: Bench, small: Running, large: Running): Promise<readonly Figure[]> {
  const times: Times = isQuick ? { warmUpSeconds: 0.2, seconds: 0.5 } : { warmUpSeconds: 0.3, seconds: 1 };
  const cases = [reads, writes].flatMap((workload) => [small, large].map((on) => ({ on, workload })));
  for (const { on, workload } of cases)
    await loadCluster(on.cluster, workload, { warmUpSeconds: 0, seconds: isQuick ? 0.5 : 1 });
  const samples = await interleave(cases, isQuick ? 1 : 3, async ({ on, workload }) => {
    const { perSecond } = await loadCluster(on.cluster, workload, times);
    say(`${workload.name} at ${printNumber(on.ledger.size)} entries: ${printNumber(perSecond)}/s`);
    return perSecond;
  });
  return [reads, writes].flatMap((workload) => {
    const [onSmall, onLarge] = cases.filter((one) => one.workload === workload).map((one) => samples.get(one)!);
    return growthOf([small, large], { name: workload.name, unit: "/s", small: onSmall!, large: onLarge! });
  });
}

/** A thing that was measured on both, round by round. */
interface Growth {
  readonly name: string;
  readonly unit: "ms" | "/s";
  readonly small: readonly number[];
  readonly large: readonly number[];
}

function growthOf([smallest, largest]: readonly Subject[], { name, unit, small, large }: Growth): readonly Figure[] {
  const absolute = ({ ledger }: Subject, values: readonly number[]): Figure => {
    const spread = [Math.min(...values), Math.max(...values)].map(printNumber).join(" to ");
    return { name: `one node, ${name} ${at(ledger)}`, value: median(values), unit, detail: spread };
  };
  // Rounds are compared one by one: both sides of a round met the same machine.
  const slower = large.map((value, round) => (unit === "ms" ? value / small[round]! : small[round]! / value));
  return [
    absolute(smallest!, small),
    absolute(largest!, large),
    { name: `one node, ${name}, slower by`, value: median(slower), unit: "×" },
  ];
}

function memoryOf({ cluster, ledger }: Running): Figure {
  const value = cluster.nodes[0]!.residentMebibytes();
  return { name: `one node, memory ${at(ledger)}`, value, unit: "MiB", detail: "resident, after the loads" };
}

const at = ({ size }: FilledLedger): string => `at ${printNumber(size)} entries`;
