import type { Submission } from "../submission.ts";
import type { FootprintWindow } from "./footprint-window.ts";
import type { Uncommitted } from "./uncommitted.ts";

/** A submission whose plan held when its batch was put together. */
export interface Planned {
  readonly submission: Submission;
  /** Earlier submissions of the batch that change what this one read: it is stale when one of them is committed. */
  readonly unless: readonly number[];
  /** Earlier submissions of the batch whose rows this one was planned on: it conflicts unless they are committed. */
  readonly after: readonly number[];
}

export interface BatchPlan<T> {
  readonly admitted: readonly T[];
  readonly planned: readonly Planned[];
  readonly stale: readonly { readonly item: T; readonly key: string }[];
  /** Planned on a row that never came to be; `table` is one that they would have changed. */
  readonly baseless: readonly { readonly item: T; readonly table: string }[];
}

const NONE: readonly number[] = [];

/**
 * Sorts out what became stale while it waited. One batch is in flight at a time, so the window knows of every earlier
 * commit; only what the batch itself will change is left to the writer, as indexes instead of keys.
 */
export function planBatch<T extends { readonly submission: Submission }>(
  items: readonly T[],
  window: FootprintWindow,
  uncommitted: Uncommitted,
): BatchPlan<T> {
  const admitted: T[] = [];
  const planned: Planned[] = [];
  const stale: { item: T; key: string }[] = [];
  const baseless: { item: T; table: string }[] = [];
  const indexes = new Map<Submission, number>();
  const writers = new Map<string, number[]>();
  for (const item of items) {
    const { submission } = item;
    const key = window.changedSince(submission.reads, submission.seen);
    if (key !== undefined) {
      stale.push({ item, key });
      uncommitted.add(submission);
      continue;
    }
    if (uncommitted.has(submission)) {
      baseless.push({ item, table: tableOf(submission) });
      continue;
    }
    const unless = writers.size === 0 ? NONE : writersOf(submission.reads, writers);
    for (const written of submission.writes) {
      const indexes = writers.get(written);
      if (indexes === undefined) writers.set(written, [planned.length]);
      else indexes.push(planned.length);
    }
    const after = submission.after === undefined ? NONE : indexesOf(submission.after, indexes);
    indexes.set(submission, planned.length);
    admitted.push(item);
    planned.push({ submission, unless, after });
  }
  return { admitted, planned, stale, baseless };
}

function writersOf(reads: readonly string[], writers: ReadonlyMap<string, readonly number[]>): readonly number[] {
  const found = reads.flatMap((key) => writers.get(key) ?? NONE);
  return found.length === 0 ? NONE : [...new Set(found)];
}

/** Those that are not in this batch have been committed. */
function indexesOf(earlier: readonly Submission[], indexes: ReadonlyMap<Submission, number>): readonly number[] {
  return earlier.flatMap((submission) => indexes.get(submission) ?? NONE);
}

/** A table that the submission would have changed; none for a refusal that rests on a queued row. */
export function tableOf({ changes }: Pick<Submission, "changes">): string {
  const change = changes[0]?.change;
  if (change === undefined) return "none";
  return "put" in change ? change.put.name : change.delete.name;
}

/** The key that made `stale` depend on `writer`, for the answer. */
export function sharedKey(stale: Submission, writer: Submission): string {
  return stale.reads.find((key) => writer.writes.includes(key)) as string;
}
