import { Refusal } from "../errors.ts";
import type { CommitResult } from "../submission.ts";
import type { CommitterEvent } from "./event.ts";
import { sharedKey } from "./plan-batch.ts";
import type { Queued } from "./submission-queue.ts";
import type { BatchResult, Miss } from "./batch-result.ts";

export interface Settled {
  readonly item: Queued;
  readonly outcome: CommitResult | Refusal;
}

/** What became of each submission of a batch: the committed ones have consecutive entries. */
export function outcomesOf(batch: readonly Queued[], result: BatchResult): readonly Settled[] {
  const misses = new Map(result.misses.map((miss) => [miss.index, miss]));
  let seq = result.firstSeq;
  return batch.map((item, index) => {
    const miss = misses.get(index);
    if (miss !== undefined) return { item, outcome: outcomeOfMiss(item, miss, batch) };
    return { item, outcome: { status: "committed", seq: seq++, time: result.timeMs } };
  });
}

function outcomeOfMiss(item: Queued, miss: Miss, batch: readonly Queued[]): CommitResult | Refusal {
  if (miss.status === "conflict") return { status: "conflict", table: miss.table };
  if (miss.status === "refused") return new Refusal("internal", miss.reason);
  if (miss.status === "overtaken") return { status: "stale", key: miss.key };
  const writer = batch[miss.by] as Queued;
  return { status: "stale", key: sharedKey(item.submission, writer.submission) };
}

/** What a batch is worth telling of. */
export function eventsOf(result: BatchResult, operations: number): readonly CommitterEvent[] {
  const { commitMs, fsyncMs, clockBackMs, misses } = result;
  const stale = misses.filter(({ status }) => status === "stale" || status === "overtaken").length;
  const committed = operations - misses.length;
  return [
    { kind: "batch", operations, committed, commitMs, fsyncMs },
    ...(stale > 0 ? [{ kind: "stale", operations: stale } as const] : []),
    ...(clockBackMs > 0 ? [{ kind: "clock-back", byMs: clockBackMs } as const] : []),
  ];
}
