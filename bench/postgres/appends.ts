import type { Bench } from "../measure/bench.ts";
import { interleave } from "../measure/interleave.ts";
import { median } from "../measure/statistics.ts";
import type { Figure } from "../report/figure.ts";
import { printNumber } from "../report/table.ts";
import { type Appended, Appender } from "./appender.ts";
import { prepareLog } from "./bench-log.ts";
import type { DatabaseServer } from "./database-server.ts";

const batchOperations = 64;
const nodeCounts = [1, 2, 3] as const;

/** Entries a second through the committers of 1, 2 and 3 nodes, each number on a ledger of its own. */
export async function measureAppends({ isQuick, say }: Bench, server: DatabaseServer): Promise<readonly Figure[]> {
  const clusters: Appender[][] = [];
  try {
    for (const count of nodeCounts) clusters.push(await startAppenders(server, count));
    const [rounds, milliseconds] = isQuick ? [2, 300] : [3, 1_000];
    for (const nodes of clusters) await appendTogether(nodes, milliseconds);
    const results = await interleave(clusters, rounds, async (nodes) => {
      const appended = await appendTogether(nodes, milliseconds);
      say(`append, ${nodes.length} nodes: ${printNumber(perSecond(appended))}/s`);
      return appended;
    });
    return figuresOf(clusters.map((nodes) => results.get(nodes)!));
  } finally {
    await Promise.all(clusters.flat().map((node) => node.stop()));
  }
}

async function startAppenders(server: DatabaseServer, count: number): Promise<Appender[]> {
  const log = await prepareLog(server);
  const started: Appender[] = [];
  for (let index = 0; index < count; index += 1) {
    const node = `node-${index + 1}`;
    started.push(await Appender.start({ log, node, batchOperations, isOnDuty: index === 0 }));
    // The ledger begins with its first batch, which is not what is compared.
    if (index === 0) await started[0]!.append(1);
  }
  return started;
}

const appendTogether = (nodes: readonly Appender[], milliseconds: number): Promise<readonly Appended[]> =>
  Promise.all(nodes.map((node) => node.append(milliseconds)));

const perSecond = (nodes: readonly Appended[]): number => nodes.reduce((sum, node) => sum + node.perSecond, 0);

/** One cluster's rounds after the other's. */
function figuresOf(clusters: readonly (readonly (readonly Appended[])[])[]): readonly Figure[] {
  const rates = clusters.map((rounds) => rounds.map(perSecond));
  const nameOf = (index: number) => `append, ${nodeCounts[index]!} node${index === 0 ? "" : "s"}`;
  const absolute = clusters.map((rounds, index): Figure => {
    const detail = [spreadOf(rates[index]!), retriesOf(rounds.flat())].join("; ");
    return { name: nameOf(index), value: median(rates[index]!), unit: "entries/s", detail };
  });
  const relative = [1, 2].map((index): Figure => {
    const ratios = rates[index]!.map((rate, round) => rate / rates[0]![round]!);
    return {
      name: `${nameOf(index)} / 1 node`,
      value: median(ratios),
      unit: "×",
      detail: `rounds ${spreadOf(ratios)}`,
    };
  });
  return [...absolute, ...relative];
}

function retriesOf(nodes: readonly Appended[]): string {
  const sum = (pick: (node: Appended) => number) => nodes.reduce((total, node) => total + pick(node), 0);
  const [batches, contended, retries] = [sum((n) => n.batches), sum((n) => n.contended), sum((n) => n.retries)];
  return `${contended} of ${batches} batches made again, ${retries} times in all`;
}

const spreadOf = (values: readonly number[]): string =>
  `${printNumber(Math.min(...values))} to ${printNumber(Math.max(...values))}`;
