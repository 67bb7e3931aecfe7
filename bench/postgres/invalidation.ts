import { setTimeout as sleep } from "node:timers/promises";
import type { GroupCommitter } from "@holdfast/engine";
import { createPostgresCommitter } from "@holdfast/postgres";
import type { Bench } from "../measure/bench.ts";
import { percentile } from "../measure/statistics.ts";
import type { Figure } from "../report/figure.ts";
import { type BenchLog, prepareLog, readSubmission } from "./bench-log.ts";
import type { DatabaseServer } from "./database-server.ts";

/** Long enough for a notification to be through, and in no step with the polling. */
const pauseMs = 17;

/** A node that only listens, and when it dropped what from its caches. */
interface Listener {
  readonly name: string;
  readonly droppedAt: Map<string, number>;
  readonly committer: GroupCommitter;
}

/**
 * One node writes, two drop what it wrote: one is notified, the other looks every `pollMs`. Their committers run in this
 * process, so that there is one clock; writers and connections are threads and sessions of their own.
 */
export async function measureInvalidation({ isQuick }: Bench, server: DatabaseServer): Promise<readonly Figure[]> {
  const log = await prepareLog(server);
  const writing = await createPostgresCommitter({ ...log, node: "writing" });
  await writing.submit(readSubmission());
  const polling = { ...log, settings: { ...log.settings, hasNotify: false } };
  const listeners = [await listen("notified", log), await listen("polling", polling)];
  try {
    const acknowledgedAt = await writeInTurns(writing, isQuick ? 60 : 300);
    await sleep(2 * log.settings.pollMs);
    return listeners.flatMap((listener) => figuresOf(listener, acknowledgedAt, log));
  } finally {
    for (const { committer } of [{ committer: writing }, ...listeners]) await committer.close();
  }
}

async function listen(name: string, log: BenchLog): Promise<Listener> {
  const droppedAt = new Map<string, number>();
  const committer = await createPostgresCommitter({
    ...log,
    node: name,
    isOnDuty: () => false,
    onCommitted({ writes }) {
      const now = performance.now();
      for (const key of writes) droppedAt.set(key, now);
    },
  });
  return { name, droppedAt, committer };
}

/** The moments at which the writing node had its acknowledgements, by the key that it wrote. */
async function writeInTurns(writing: GroupCommitter, count: number): Promise<ReadonlyMap<string, number>> {
  const acknowledgedAt = new Map<string, number>();
  for (let written = 0; written < count; written += 1) {
    const key = `path:bench/${written}`;
    await writing.submit({ ...readSubmission(), writes: [key], seen: writing.position });
    acknowledgedAt.set(key, performance.now());
    await sleep(pauseMs);
  }
  return acknowledgedAt;
}

function figuresOf({ name, droppedAt }: Listener, acknowledgedAt: ReadonlyMap<string, number>, { settings }: BenchLog) {
  const times = Array.from(acknowledgedAt, ([key, at]) => {
    const dropped = droppedAt.get(key);
    if (dropped === undefined) throw new Error(`the node that is ${name} has not dropped ${key}`);
    // Before the writing node's own caller was answered.
    return Math.max(0, dropped - at);
  });
  const how = name === "polling" ? `polling every ${settings.pollMs} ms` : "by NOTIFY";
  return [0.5, 0.99].map(
    (share): Figure => ({
      name: `write to invalidation on another node, ${how}, ${share === 0.5 ? "median" : "p99"}`,
      value: percentile(times, share),
      unit: "ms",
    }),
  );
}
