import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Feed } from "./feed.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("says once that nobody tells it of commits, however often it tries, and goes on looking", async () => {
  const connect = vi.fn(() => Promise.reject(new Error("no connection")));
  const [onHint, onPoll, onListening] = [vi.fn(), vi.fn(), vi.fn()];
  const feed = new Feed({ connect, ownProcessId: undefined, pollMs: 250, onHint, onPoll, onListening });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(connect.mock.calls.length).toBeGreaterThan(5);
  expect(onListening.mock.calls).toEqual([[false, "no connection"]]);
  expect(onPoll).toHaveBeenCalledTimes(40);
  expect(onHint).not.toHaveBeenCalled();
  await feed.stop();
  expect(vi.getTimerCount()).toBe(0);
});
