import fc from "fast-check";
import { expect, test } from "vitest";
import { defaultRetryPolicy, retryDelayMs } from "./retry-schedule.ts";

test("three attempts: after the third failure there is none left", () => {
  const delays = [1, 2, 3].map((failures) => retryDelayMs(defaultRetryPolicy, failures, () => 0.5));
  expect(delays).toEqual([1_500, 2_500, undefined]);
});

test("the longest wait doubles from 1 s up to 60 s", () => {
  const policy = { ...defaultRetryPolicy, attempts: 10 };
  const longest = [1, 2, 3, 4, 5, 6, 7].map((failures) => retryDelayMs(policy, failures, () => 1));
  expect(longest).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
});

test("a wait is anywhere between the first and the longest", () => {
  const policy = { ...defaultRetryPolicy, attempts: 10 };
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, drawn) => {
      const delay = retryDelayMs(policy, failures, () => drawn)!;
      const longest = Math.min(60_000, 1_000 * 2 ** failures);
      expect(delay).toBe(Math.round(1_000 + drawn * (longest - 1_000)));
    }),
  );
});

test("a first wait that is longer than the longest stays what it is", () => {
  expect(retryDelayMs({ attempts: 3, initialMs: 5_000, maxMs: 1_000, factor: 2 }, 1, () => 0.9)).toBe(5_000);
});
