/** Looks at the processes of this host as the agent does, and says what each look takes. */
import { setTimeout as sleep } from "node:timers/promises";
import { FileHashes } from "../../packages/agent/src/collect/file-hashes.ts";
import { Accounts } from "../../packages/agent/src/collect/hosts/passwd.ts";
import { listProcesses } from "../../packages/agent/src/collect/portable/list-processes.ts";
import { readBoot } from "../../packages/agent/src/collect/proc/boot.ts";
import { openProcFiles } from "../../packages/agent/src/collect/proc/direct-proc-files.ts";
import { ProcessTracker } from "../../packages/agent/src/collect/processes/tracker.ts";
import { LossTally } from "../../packages/agent/src/events/index.ts";
import { endedChildrenSeconds } from "./processor-time.ts";
import type { Look, LookRequest } from "./look.ts";
import { answerParent } from "./subject.ts";

const proc = "/proc";
/** As the agent: everything about each process is read again within a minute of ticks. */
const ticksOfRound = 60;
/** Looks that are alike only as a whole. */
const roundOf: Readonly<Partial<Record<LookRequest["kind"], number>>> = { full: 5, steady: ticksOfRound };
const pauseMs = 10;
const settleMs = 60_000;
const forgottenMs = 600;

/** Processes that were seen, and the processor time until then in milliseconds where that is told apart. */
interface LookAt {
  readonly processes: number;
  readonly reading?: number;
}

const shared = {
  files: openProcFiles(proc),
  boot: readBoot(proc, Date.now(), undefined),
  hashes: new FileHashes(),
  accounts: new Accounts("/"),
  losses: new LossTally(),
  source: () => "polling" as const,
  known: [],
};
const kept = { full: await warmTracker(1), steady: await warmTracker(ticksOfRound) };

/** Rows are made, and go nowhere. */
function trackerOf(rescanTicks: number): ProcessTracker {
  return new ProcessTracker({ ...shared, rescanTicks, put: () => Promise.resolve() });
}

/** One that has met everything before it is measured. */
async function warmTracker(rescanTicks: number): Promise<ProcessTracker> {
  const tracker = trackerOf(rescanTicks);
  for (let round = 0; round < 2; round++) await lookWith(tracker);
  return tracker;
}

async function lookWith(tracker: ProcessTracker): Promise<LookAt> {
  const before = process.cpuUsage();
  const processes = tracker.tick();
  const reading = millisecondsSince(before);
  await tracker.settle(settleMs);
  return { processes, reading };
}

const looks: Readonly<Record<LookRequest["kind"], () => Promise<LookAt>>> = {
  /** Nobody was seen before. */
  async first() {
    const tracker = trackerOf(ticksOfRound);
    const look = await lookWith(tracker);
    tracker.close();
    return look;
  },
  /** Everything is read again; of a process that has not run since, once in a round. */
  full: () => lookWith(kept.full),
  /** What the agent does each second; with pauses, so that it does not always find its caches as it left them. */
  async steady() {
    await sleep(pauseMs);
    return lookWith(kept.steady);
  },
  /** The portable collector, which asks systeminformation; that answers from memory when it is asked again too soon. */
  async portable() {
    await sleep(forgottenMs);
    return { processes: (await listProcesses()).length };
  },
};

answerParent<LookRequest, Look>(async ({ kind, times }) => {
  const count = times * (roundOf[kind] ?? 1);
  const childrenBefore = endedChildrenSeconds();
  const before = process.cpuUsage();
  let last: LookAt = { processes: 0 };
  let reading = 0;
  for (let done = 0; done < count; done++) {
    last = await looks[kind]();
    reading += last.reading ?? 0;
  }
  const total = millisecondsSince(before) + (endedChildrenSeconds() - childrenBefore) * 1_000;
  const look = { milliseconds: total / count, processes: last.processes };
  return last.reading === undefined ? look : { ...look, readingMilliseconds: reading / count };
});

function millisecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
