/** What a ledger of a thousand entries and one of a million do to the same server. */
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Bench } from "./measure/bench.ts";
import { interleave } from "./measure/interleave.ts";
import { connections, loadServer } from "./measure/load-server.ts";
import { median } from "./measure/statistics.ts";
import { reads, writes } from "./measure/workload.ts";
import type { Figure, Section } from "./report/figure.ts";
import { printNumber } from "./report/table.ts";
import { Child } from "./server/child.ts";
import { filledFolder, ledgerSizes } from "./server/filled-folder.ts";
import { copyFolder, type Folder } from "./server/folder.ts";

const command = [fileURLToPath(new URL("../packages/cli/bin/holdfast", import.meta.url)), "up"];
const mostGrowth = 1.3;
const mostMebibytes = 400;
const mostVerificationMs = 120_000;

/** One life of a server on a ledger of some size. */
interface Life {
  readonly startUpMs: number;
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
  readonly residentMebibytes: number;
}

export async function run(bench: Bench): Promise<Section> {
  const sizes = ledgerSizes(bench);
  const folders = new Map<number, Folder>();
  for (const size of sizes) folders.set(size, await copyOf(bench, size, "started"));
  const rounds = bench.isQuick ? 2 : 3;
  const lives = await interleave(sizes, rounds, (size) => live(bench, size));
  const starts = await startUps(bench, folders, sizes);
  return {
    title: "Growth with the ledger",
    method:
      `${connections} connections over the Unix socket; each round starts the server anew and loads it after the ` +
      "background verification and a warm-up, on a copy of its ledger. Start-up is `holdfast up` from spawn to ready.",
    figures: figuresOf(sizes, lives, starts),
  };
}

/** What runs on a folder makes it grow: each life has a copy of its own. */
async function copyOf(bench: Bench, size: number, name: string): Promise<Folder> {
  return copyFolder(await filledFolder(bench, size), bench.folder, `growth-${size}-${name}`);
}

async function live(bench: Bench, size: number): Promise<Life> {
  const folder = await copyOf(bench, size, "life");
  const [warmUpSeconds, seconds] = bench.isQuick ? [1, 0.5] : [1.5, 1.5];
  await using child = await Child.start(command, folder.env);
  const server = { child, socket: folder.socket };
  await untilVerified(folder.socket, size);
  const read = await loadServer(server, reads, { warmUpSeconds, seconds });
  const write = await loadServer(server, writes, { warmUpSeconds, seconds });
  const residentMebibytes = child.residentMebibytes();
  bench.say(
    `${printNumber(size)} entries: ${printNumber(read.perSecond)} reads/s, ${printNumber(write.perSecond)} writes/s`,
  );
  return {
    startUpMs: child.startedInMs,
    readsPerSecond: read.perSecond,
    writesPerSecond: write.perSecond,
    residentMebibytes,
  };
}

/** A start verifies the whole ledger in the background; what that costs is not what growth costs. */
async function untilVerified(socket: string, size: number): Promise<void> {
  const deadline = performance.now() + mostVerificationMs;
  while (performance.now() < deadline) {
    const status = (await get(socket, "/api/status")) as { ledger: { verifiedSize: number } };
    if (status.ledger.verifiedSize >= size) return;
    await sleep(200);
  }
  throw new Error(`the ledger was not verified within ${mostVerificationMs} ms`);
}

async function get(socketPath: string, path: string): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  request({ socketPath, path }, (response) => {
    text(response).then((body) => resolve(JSON.parse(body)), reject);
  })
    .once("error", reject)
    .end();
  return promise;
}

/** Starts alone, because these are short and many are needed. */
async function startUps(bench: Bench, folders: ReadonlyMap<number, Folder>, sizes: readonly number[]) {
  const ends = [sizes[0]!, sizes.at(-1)!];
  return interleave(ends, bench.isQuick ? 3 : 9, async (size) => {
    await using child = await Child.start(command, folders.get(size)!.env);
    return child.startedInMs;
  });
}

function figuresOf(
  sizes: readonly number[],
  lives: ReadonlyMap<number, readonly Life[]>,
  starts: ReadonlyMap<number, readonly number[]>,
): readonly Figure[] {
  const of = (size: number, pick: (life: Life) => number) => median((lives.get(size) ?? []).map(pick));
  const [smallest, largest] = [sizes[0]!, sizes.at(-1)!];
  const at = (size: number) => `at ${printNumber(size)} entries`;
  const rates = (name: string, pick: (life: Life) => number): readonly Figure[] => [
    ...sizes.map((size) => ({ name: `${name} ${at(size)}`, value: of(size, pick), unit: "/s" })),
    {
      name: `${name}, slower by`,
      value: of(smallest, pick) / of(largest, pick),
      unit: "×",
      goal: { atMost: mostGrowth },
    },
  ];
  const start = (size: number) => median(starts.get(size) ?? []);
  return [
    ...rates("read", (life) => life.readsPerSecond),
    ...rates("write", (life) => life.writesPerSecond),
    ...sizes.map((size) => ({
      name: `memory ${at(size)}`,
      value: of(size, (life) => life.residentMebibytes),
      unit: "MiB",
      detail: "resident, after the loads",
      ...(size === largest ? { goal: { atMost: mostMebibytes } } : {}),
    })),
    ...[smallest, largest].map((size) => ({ name: `start-up ${at(size)}`, value: start(size), unit: "ms" })),
    { name: "start-up, slower by", value: start(largest) / start(smallest), unit: "×", goal: { atMost: mostGrowth } },
  ];
}
