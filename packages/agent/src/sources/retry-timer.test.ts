import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { RetryTimer } from "./retry-timer.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("pauses grow to their bound, and are short again after a quiet time", () => {
  const call = vi.fn<() => void>();
  const timer = new RetryTimer(1000, 4000, call);
  const isCalledAfter = (leastMs: number, mostMs: number): void => {
    call.mockClear();
    timer.arm();
    vi.advanceTimersByTime(leastMs - 1);
    expect(call).not.toHaveBeenCalled();
    vi.advanceTimersByTime(mostMs - leastMs + 1);
    expect(call).toHaveBeenCalledOnce();
  };
  isCalledAfter(750, 1000);
  isCalledAfter(1500, 2000);
  isCalledAfter(3000, 4000);
  isCalledAfter(3000, 4000);
  vi.advanceTimersByTime(8001);
  isCalledAfter(750, 1000);
});

it("a cancelled timer does not call", () => {
  const call = vi.fn<() => void>();
  const timer = new RetryTimer(1000, 4000, call);
  timer.arm();
  timer.cancel();
  vi.advanceTimersByTime(10_000);
  expect(call).not.toHaveBeenCalled();
});
