/** A command that reads a secret over the local socket, beside a Node.js that starts and does nothing. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Bench } from "./measure/bench.ts";
import { interleave } from "./measure/interleave.ts";
import { median } from "./measure/statistics.ts";
import type { Section } from "./report/figure.ts";
import { printNumber } from "./report/table.ts";
import { Child } from "./server/child.ts";
import { filledFolder, ledgerSizes } from "./server/filled-folder.ts";
import { copyFolder } from "./server/folder.ts";
import { keyOf } from "./load/plan.ts";

const holdfast = fileURLToPath(new URL("../packages/cli/bin/holdfast", import.meta.url));
const mostTimes = 2;
const warmUps = 3;

export async function run(bench: Bench): Promise<Section> {
  const folder = copyFolder(await filledFolder(bench, ledgerSizes(bench)[0]), bench.folder, "cli");
  await using _server = await Child.start([holdfast, "up"], folder.env);
  const get = [holdfast, "get", keyOf(1)];
  const nothing = [process.execPath, "-e", "0"];
  const env = { ...process.env, HOLDFAST_SOCKET: folder.socket };
  for (let done = 0; done < warmUps; done += 1) for (const command of [get, nothing]) timeOf(command, env);
  const pairs = bench.isQuick ? 20 : 40;
  const times = await interleave([get, nothing], pairs, (command) => timeOf(command, env));
  const [own, bare] = [times.get(get)!, times.get(nothing)!];
  const ratios = own.map((time, pair) => time / bare[pair]!);
  return {
    title: "Command line",
    method: `${pairs} interleaved pairs, after ${warmUps} that fill caches.`,
    figures: [
      { name: "`holdfast get` over the socket", value: median(own), unit: "ms", detail: spreadOf(own) },
      { name: "`node -e 0`", value: median(bare), unit: "ms", detail: spreadOf(bare) },
      {
        name: "`holdfast get` / `node -e 0`",
        value: median(ratios),
        unit: "×",
        goal: { atMost: mostTimes },
        detail: "median of the pairs' ratios",
      },
    ],
  };
}

function timeOf([program = "", ...words]: readonly string[], env: NodeJS.ProcessEnv): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(program, words, { env, timeout: 20_000 });
  if (status !== 0) throw new Error(`${program} ${words.join(" ")} ended with ${status}: ${stderr.toString()}`);
  return performance.now() - startedAt;
}

const spreadOf = (times: readonly number[]): string =>
  `${printNumber(Math.min(...times))} to ${printNumber(Math.max(...times))} ms`;
