import { expect, it } from "vitest";
import { grant, submission } from "../sqlite/committer.fixture.ts";
import { bytesOf, type Queued, SubmissionQueue } from "./submission-queue.ts";

const LIMITS = { maxOperations: 9, maxBytes: 999, maxAgeMs: 9, maxBatchOperations: 3, maxBatchBytes: 100 };
const item = (bytes: number, queuedAt = 0): Queued => ({
  submission: submission(),
  bytes,
  queuedAt,
  resolve: () => undefined,
  reject: () => undefined,
});

it("gives batches of so many operations and bytes, but always at least one", () => {
  const queue = new SubmissionQueue(LIMITS);
  for (const bytes of [500, 60, 60, 1, 1, 1]) queue.push(item(bytes));
  const sizes: number[] = [];
  while (queue.isWaiting) {
    sizes.push(queue.take().length);
    queue.settle();
  }
  expect(sizes).toEqual([1, 1, 3, 1]);
  expect([queue.depth, queue.bytes]).toEqual([0, 0]);
});

it("counts the batch that is in flight, and its age", () => {
  const queue = new SubmissionQueue(LIMITS);
  queue.push(item(1, 5));
  queue.push(item(1, 7));
  queue.take();
  expect([queue.depth, queue.ageMs(12), queue.admits(1, 14), queue.admits(1, 15)]).toEqual([2, 7, true, false]);
  expect(queue.drain()).toHaveLength(2);
  expect([queue.depth, queue.bytes, queue.ageMs(99)]).toEqual([0, 0, 0]);
});

it("counts what a submission holds in memory", () => {
  const small = bytesOf(submission());
  const large = bytesOf(
    submission({ changes: [grant("x".repeat(1_000), 0, { uses: 1, seal: new Uint8Array(5_000) })] }),
  );
  expect(large - small).toBeGreaterThan(7_000);
});
