import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TickLoop } from "./tick-loop.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("ticks come at their interval, a slow one delays the next, and none are made up for", async () => {
  const at: number[] = [];
  const start = Date.now();
  const tick = vi.fn<() => Promise<void>>(async () => {
    at.push(Date.now() - start);
    if (at.length === 2) await new Promise((resolve) => setTimeout(resolve, 2_500));
  });
  const loop = new TickLoop({ tick, intervalMs: () => 1_000, monotonicMs: () => Date.now() });
  loop.start();
  await vi.advanceTimersByTimeAsync(5_200);
  // No timer takes less than a millisecond.
  expect(at).toEqual([0, 1_000, 3_501, 4_501]);
  const extra = loop.now();
  await vi.advanceTimersByTimeAsync(0);
  await extra;
  expect(at).toHaveLength(5);
  await loop.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  await loop.now();
  expect(at).toHaveLength(5);
});
