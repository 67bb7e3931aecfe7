/** The whole way of a request, beside the same server without its ledger and beside a server that does nothing. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bench } from "./measure/bench.ts";
import { interleave } from "./measure/interleave.ts";
import { connections, loadServer, type Sample, valueBytes } from "./measure/load-server.ts";
import { median } from "./measure/statistics.ts";
import { mixture, reads, type Workload, writes } from "./measure/workload.ts";
import type { Figure, Goal, Section } from "./report/figure.ts";
import { printNumber } from "./report/table.ts";
import { Child } from "./server/child.ts";
import { filledFolder, ledgerSizes } from "./server/filled-folder.ts";
import { copyFolder } from "./server/folder.ts";

const up = fileURLToPath(new URL("server/up.ts", import.meta.url));
const entriesOff = fileURLToPath(new URL("server/entries-off.ts", import.meta.url));
const hello = fileURLToPath(new URL("server/hello.ts", import.meta.url));
const node = [process.execPath, "--disable-sigusr1"];

interface Server {
  readonly name: string;
  readonly child: Child;
  readonly socket: string;
}

interface Case {
  readonly server: Server;
  readonly workload: Workload;
}

export async function run(bench: Bench): Promise<Section> {
  const servers: Server[] = [];
  try {
    servers.push(await startHoldfast(bench, "holdfast", []));
    servers.push(await startHoldfast(bench, "(a) entries off", ["--import", entriesOff]));
    servers.push(await startHello(bench));
    return await compare(servers, bench);
  } finally {
    await Promise.all(servers.map(({ child }) => child.stop()));
  }
}

async function startHoldfast(bench: Bench, name: string, options: readonly string[]): Promise<Server> {
  const folder = copyFolder(await filledFolder(bench, ledgerSizes(bench)[0]), bench.folder, `http ${name}`);
  const child = await Child.start([...node, ...options, up], folder.env);
  return { name, child, socket: folder.socket };
}

async function startHello({ folder }: Bench): Promise<Server> {
  const socket = join(folder, "hello.socket");
  return { name: "(b) hello", child: await Child.start([...node, hello, socket, `${valueBytes}`]), socket };
}

async function compare(servers: readonly Server[], { isQuick, say }: Bench): Promise<Section> {
  const workloads = [reads, mixture, writes];
  const cases = workloads.flatMap((workload) => servers.map((server) => ({ server, workload })));
  const times = isQuick ? { warmUpSeconds: 0.5, seconds: 0.5 } : { warmUpSeconds: 0.5, seconds: 2 };
  // Until the compiler has seen everything, the order of the servers would decide.
  for (const { server, workload } of cases) await loadServer(server, workload, { warmUpSeconds: 0, seconds: 1 });
  const rounds = isQuick ? 3 : 5;
  const samples = await interleave<Case, Sample>(cases, rounds, async (one) => {
    const sample = await loadServer(one.server, one.workload, times);
    say(`${one.workload.name}, ${one.server.name}: ${printNumber(sample.perSecond)}/s`);
    return sample;
  });
  return {
    title: "HTTP",
    method:
      `${connections} keep-alive connections over the Unix socket (no TLS on any side, so that (b) compares), values of ` +
      `${valueBytes} bytes, ${rounds} interleaved rounds of ${times.seconds} s; the generator is a process of its own on ` +
      "the same cores. (a): the same server, changes durable, nothing recorded; its reads are not submitted at all. " +
      "(b): bare node:http, replies batched by setImmediate.",
    figures: workloads.flatMap((workload) => figuresOf(workload, (server) => samplesOf(samples, server, workload))),
  };

  function samplesOf(all: ReadonlyMap<Case, readonly Sample[]>, index: number, workload: Workload): readonly Sample[] {
    return all.get(cases.find((one) => one.server === servers[index] && one.workload === workload)!)!;
  }
}

function figuresOf({ name }: Workload, samplesOf: (server: number) => readonly Sample[]): readonly Figure[] {
  const [holdfast, bare, idle] = [samplesOf(0), samplesOf(1), samplesOf(2)];
  const goals: Readonly<Record<string, Goal>> = { read: { atLeast: 0.6 }, write: { atLeast: 0.85 } };
  const goal = goals[name];
  return [
    rateOf(`${name}, holdfast`, holdfast),
    rateOf(`${name}, (a) entries off`, bare),
    rateOf(`${name}, (b) hello`, idle),
    { ...ratioOf(`${name}, holdfast / (a)`, holdfast, bare), ...(goal === undefined ? {} : { goal }) },
    ratioOf(`${name}, holdfast / (b)`, holdfast, idle),
    ...(name === "read" ? [cpuOf("processor time of a recorded read", holdfast, { atMost: 100 })] : []),
  ];
}

function rateOf(name: string, samples: readonly Sample[]): Figure {
  const of = (pick: (sample: Sample) => number) => printNumber(median(samples.map(pick)));
  const all = samples.map((sample) => sample.perSecond);
  return {
    name,
    value: median(all),
    unit: "/s",
    detail:
      `${printNumber(Math.min(...all))} to ${printNumber(Math.max(...all))}; p50 ${of((one) => one.p50Ms)} ms, ` +
      `p99 ${of((one) => one.p99Ms)} ms; server ${of((one) => one.cpuMicroseconds)} µs each, ` +
      `generator ${of((one) => one.generatorCpuShare)} of a core`,
  };
}

/** Rounds are compared one by one: both sides of a round met the same machine. */
function ratioOf(name: string, above: readonly Sample[], below: readonly Sample[]): Figure {
  const ratios = above.map((sample, round) => sample.perSecond / below[round]!.perSecond);
  const detail = `rounds ${printNumber(Math.min(...ratios))} to ${printNumber(Math.max(...ratios))}`;
  return { name, value: median(ratios), unit: "×", detail };
}

function cpuOf(name: string, samples: readonly Sample[], goal: Goal): Figure {
  const all = samples.map((sample) => sample.cpuMicroseconds);
  return { name, value: median(all), unit: "µs", goal, detail: "all threads of the server, user and system" };
}
