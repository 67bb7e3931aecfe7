/** The committer of one node in a thread of its own: appends, a batch at a time, for as long as it is told. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { CommitterEvent } from "@holdfast/engine";
import { createPostgresCommitter } from "@holdfast/postgres";
import type { Appended, AppenderOptions, AppendOrder } from "./appender.ts";
import { readSubmission } from "./bench-log.ts";

const { log, node, batchOperations, isOnDuty } = workerData as AppenderOptions;
const port = parentPort as MessagePort;
const tally = { contended: 0, retries: 0 };
const committer = await createPostgresCommitter({ ...log, node, isOnDuty: () => isOnDuty, onEvent: count });
const submission = readSubmission();
port.on("message", (order: AppendOrder) => void follow(order));
port.postMessage("ready");

async function follow(order: AppendOrder): Promise<void> {
  if (order !== "close") return port.postMessage(await append(order.milliseconds));
  await committer.close();
  port.close();
}

async function append(milliseconds: number): Promise<Appended> {
  Object.assign(tally, { contended: 0, retries: 0 });
  const startedAt = performance.now();
  let batches = 0;
  for (; performance.now() - startedAt < milliseconds; batches += 1) {
    const seen = committer.position;
    await Promise.all(Array.from({ length: batchOperations }, () => committer.submit({ ...submission, seen })));
  }
  const seconds = (performance.now() - startedAt) / 1000;
  return { batches, perSecond: (batches * batchOperations) / seconds, ...tally };
}

function count(event: CommitterEvent): void {
  if (event.kind !== "contended") return;
  tally.contended += 1;
  tally.retries += event.retries;
}
