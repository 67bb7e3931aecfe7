import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Bench } from "../measure/bench.ts";
import type { Figure } from "../report/figure.ts";
import { printNumber } from "../report/table.ts";
import { Child } from "../server/child.ts";
import { ControlGroup, type GroupMemory } from "./control-group.ts";
import { LeftOut, type Measured, orLeftOut } from "./measured.ts";
import { type FamilyMemory, memoryAlone, memoryOfFamily } from "./memory.ts";
import { familySeconds } from "./processor-time.ts";
import { Sleepers } from "./sleepers.ts";

const holdfast = fileURLToPath(new URL("../../packages/cli/bin/holdfast", import.meta.url));
const processes = 300;
const mostMegabytes = 100;
const mostPercent = 1;
const wholeMinutes = 10;
const quickMinutes = 0.5;
const longestMinutes = 24 * 60;
const megabyte = 1e6;

/** How long the agent is watched, and what it may need before to find its pace. */
interface Pace {
  readonly warmUpMs: number;
  readonly ms: number;
  readonly sampleMs: number;
}

interface Life {
  readonly samples: readonly FamilyMemory[];
  readonly aloneBytes: number | undefined;
  readonly group: GroupMemory | undefined;
  readonly cpuSeconds: number;
  readonly seconds: number;
  readonly startCpuSeconds: number;
  readonly did: ReadonlyMap<string, number>;
}

/** The agent of a host with all that it starts, at ticks of a second: memory and processor. */
export async function measureAgent(bench: Bench): Promise<Measured> {
  const pace = paceOf(bench, process.env["HOLDFAST_BENCH_MINUTES"]);
  const maxSeconds = Math.ceil((pace.ms + pace.warmUpMs) / 1_000) + 600;
  const method =
    `Agent: \`holdfast agent\` as \`npm start\` runs it, with its executor, as it comes: ticks of 1 s, its own rules; ` +
    `${processes} processes sleep, and whatever else runs here is seen as well. Watched for ${printNumber(pace.ms / 60_000)} min ` +
    `(HOLDFAST_BENCH_MINUTES) after ${printNumber(pace.warmUpMs / 1_000)} s. Memory is PSS of all its processes; ` +
    "Node.js itself, some 60 MB of it, is shared with whatever else runs it here, this program included: alone is what the " +
    "same processes would hold where nothing else does.";
  const sleepers = await orLeftOut(() => Sleepers.start(processes, maxSeconds));
  if (sleepers instanceof LeftOut) return { method, figures: [], leftOut: [`the agent (${sleepers.message})`] };
  await using _sleepers = sleepers;
  const group = await orLeftOut(() => ControlGroup.create());
  if (group instanceof LeftOut)
    return { method, figures: figuresOf(await live(bench, pace)), leftOut: [group.message] };
  await using held = group;
  return { method, figures: figuresOf(await live(bench, pace, held)), leftOut: [] };
}

function paceOf({ isQuick }: Bench, told: string | undefined): Pace {
  const minutes = told === undefined ? (isQuick ? quickMinutes : wholeMinutes) : Number(told);
  if (!(minutes > 0 && minutes <= longestMinutes)) {
    throw new Error(`HOLDFAST_BENCH_MINUTES is ${told}; it has to be a number of minutes up to ${longestMinutes}`);
  }
  return { ms: minutes * 60_000, warmUpMs: minutes < 2 ? 10_000 : 30_000, sampleMs: minutes < 2 ? 1_000 : 5_000 };
}

async function live(bench: Bench, { warmUpMs, ms, sampleMs }: Pace, group?: ControlGroup): Promise<Life> {
  const place = join(bench.folder, "agent");
  const dataDir = join(place, "data");
  const config = join(place, "agent.yaml");
  mkdirSync(place, { mode: 0o700 });
  // Instead of what this machine may have.
  writeFileSync(config, "agent:\n  collect:\n    tickSeconds: 1\n");
  const command = [holdfast, "agent", "--data-dir", dataDir, "--config", config];
  const env = { HOME: place, HOLDFAST_AGENT_CREDENTIALS_STORE: "file" };
  await using agent = await Child.start(group?.holding(command) ?? command, env);
  const sample = async (forMs: number): Promise<FamilyMemory[]> => {
    const samples: FamilyMemory[] = [];
    for (const end = performance.now() + forMs; performance.now() < end; await sleep(sampleMs)) {
      samples.push(memoryOfFamily(agent.pid));
    }
    return samples;
  };
  const early = await sample(warmUpMs);
  const startCpuSeconds = familySeconds(agent.pid);
  const [didBefore, startedAt] = [await deedsOf(dataDir), performance.now()];
  bench.say(`the agent is watched for ${printNumber(ms / 60_000)} min`);
  const late = await sample(ms);
  const seconds = (performance.now() - startedAt) / 1_000;
  const cpuSeconds = familySeconds(agent.pid) - startCpuSeconds;
  const did = new Map([...(await deedsOf(dataDir))].map(([name, count]) => [name, count - (didBefore.get(name) ?? 0)]));
  const aloneBytes = memoryAlone(agent.pid);
  return {
    samples: [...early, ...late],
    aloneBytes,
    group: group?.memory(),
    cpuSeconds,
    seconds,
    startCpuSeconds,
    did,
  };
}

const looks = "process_enumeration_duration_seconds_count";
const seen = "processes_collected_total";
const runs = "detection_rule_duration_seconds_count";
const rows = "database_writes_total";

/** What the agent says that it has done: an agent that does nothing costs nothing. */
async function deedsOf(dataDir: string): Promise<ReadonlyMap<string, number>> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  request({ socketPath: join(dataDir, "socket"), path: "/metrics" }, (response) => {
    text(response).then(resolve, reject);
  })
    .once("error", reject)
    .end();
  const metrics = await promise;
  const sumOf = (name: string): number =>
    [...metrics.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? ([\\d.e+]+)$`, "gm"))].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    );
  return new Map([looks, seen, runs, rows].map((name) => [name, sumOf(name)]));
}

function figuresOf({ samples, aloneBytes, group, cpuSeconds, seconds, startCpuSeconds, did }: Life): readonly Figure[] {
  const largest = samples.reduce((most, one) => (one.bytes > most.bytes ? one : most));
  const last = samples.at(-1)!;
  const memory = { unit: "MB", goal: { atMost: mostMegabytes } };
  const count = (name: string) => Math.round(did.get(name) ?? 0).toLocaleString("en");
  const work = `${count(looks)} looks at ${printNumber((did.get(seen) ?? 0) / (did.get(looks) ?? 1))} processes, ${count(runs)} runs of rules, ${count(rows)} rows`;
  return [
    { name: "agent, memory at most", value: largest.bytes / megabyte, ...memory, detail: partsOf(largest) },
    { name: "agent, memory at the end", value: last.bytes / megabyte, ...memory, detail: partsOf(last) },
    ...(aloneBytes === undefined
      ? []
      : [{ name: "agent, memory at the end, alone", value: aloneBytes / megabyte, ...memory }]),
    ...(group === undefined ? [] : [groupFigure(group)]),
    {
      name: "agent, share of a core",
      value: (cpuSeconds * 100) / seconds,
      unit: "%",
      goal: { atMost: mostPercent },
      detail: `${work}; start and warm-up ${printNumber(startCpuSeconds)} s`,
    },
  ];
}

function partsOf({ bytes, ownBytes, isProportional }: FamilyMemory): string {
  const parts = `agent ${printNumber(ownBytes / megabyte)}, executor ${printNumber((bytes - ownBytes) / megabyte)}`;
  return isProportional ? parts : `${parts}; whole sizes where proportional ones may not be read`;
}

function groupFigure({ bytes, peakBytes, anonymousBytes, pageCacheBytes }: GroupMemory): Figure {
  const detail =
    `at most ${printNumber(peakBytes / megabyte)}; anonymous ${printNumber(anonymousBytes / megabyte)}, ` +
    `page cache ${printNumber(pageCacheBytes / megabyte)}, the kernel's own the rest`;
  return { name: "agent, control group at the end", value: bytes / megabyte, unit: "MB", detail };
}
