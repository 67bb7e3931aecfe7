import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { LoadPlan, LoadResult } from "../load/plan.ts";
import { connections, valueBytes } from "../measure/load-server.ts";
import type { Workload } from "../measure/workload.ts";
import { keys } from "../server/filled-folder.ts";
import type { Cluster } from "./cluster.ts";
import type { DatabaseServer } from "./database-server.ts";

const generator = fileURLToPath(new URL("spread-load.ts", import.meta.url));
const startUpMs = 30_000;
/** More than any server here answers; a bound all the same. */
const mostPerSecond = 100_000;
const mostBrokenOff = 3;
const refused = /unexpected answer: HTTP\/1\.1 (429|503)/;

/** A load whose connections go round several sockets. */
export type SpreadPlan = Omit<LoadPlan, "socket"> & { readonly sockets: readonly string[] };

export interface Times {
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** One timed load, on whatever was loaded. */
export interface LoadSample {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cost?: LoadCost;
  /** Loads before this one that ended at a call which was refused for now: nothing of them is counted. */
  readonly brokenOff: number;
}

/** Processor time of all threads and processes, for each request. */
interface LoadCost {
  readonly nodeMicroseconds: number;
  /** Undefined where the database is none of ours. */
  readonly databaseMicroseconds: number | undefined;
}

/** The generator ends at the first refusal. One that says "try again" is reported, and the load begun anew. */
export async function loadCluster(
  cluster: Cluster,
  workload: Workload,
  times: Times,
  database?: DatabaseServer,
): Promise<LoadSample> {
  for (let brokenOff = 0; ; brokenOff += 1) {
    try {
      return { ...(await loadOnce(cluster, workload, times, database)), brokenOff };
    } catch (error) {
      if (brokenOff === mostBrokenOff || !refused.test(String(error))) throw error;
    }
  }
}

async function loadOnce(
  { nodes, sockets }: Cluster,
  { readsOfTen }: Workload,
  { warmUpSeconds, seconds }: Times,
  database: DatabaseServer | undefined,
): Promise<Omit<LoadSample, "brokenOff">> {
  const nodeSeconds = () => nodes.reduce((sum, node) => sum + node.cpuSeconds(), 0);
  const [nodesBefore, databaseBefore] = [nodeSeconds(), database?.cpuSeconds()];
  const result = await generate({
    sockets,
    connections,
    readsOfTen,
    keys,
    valueBytes,
    warmUpSeconds,
    seconds,
    maxRequests: Math.ceil((warmUpSeconds + seconds) * mostPerSecond),
  });
  const each = (cpuSeconds: number) => (cpuSeconds / result.sent) * 1e6;
  const databaseSeconds = databaseBefore === undefined ? undefined : (database?.cpuSeconds() ?? 0) - databaseBefore;
  return {
    perSecond: result.requests / result.seconds,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    cost: {
      nodeMicroseconds: each(nodeSeconds() - nodesBefore),
      databaseMicroseconds: databaseSeconds === undefined ? undefined : each(databaseSeconds),
    },
  };
}

async function generate(plan: SpreadPlan): Promise<LoadResult> {
  const timeout = (plan.warmUpSeconds + plan.seconds) * 1000 + startUpMs;
  const { stdout } = await promisify(execFile)(process.execPath, [generator, JSON.stringify(plan)], { timeout });
  return JSON.parse(stdout) as LoadResult;
}
