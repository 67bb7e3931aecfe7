import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Feed } from "./feed.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("says once that nobody tells it of commits, however often it tries, and goes on looking", async () => {
  const connect = vi.fn(() => Promise.reject(new Error("no connection")));
  const [onHint, onListening] = [vi.fn(), vi.fn()];
  const feed = new Feed({ connect, ownProcessId: undefined, pollMs: 250, onHint, onListening });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(connect.mock.calls.length).toBeGreaterThan(5);
  expect(onListening.mock.calls).toEqual([[false, "no connection"]]);
  expect(onHint).toHaveBeenCalledTimes(40);
  await feed.stop();
  expect(vi.getTimerCount()).toBe(0);
});
