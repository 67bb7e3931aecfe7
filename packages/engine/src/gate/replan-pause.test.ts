import { describe, expect, test } from "vitest";
import { replanPauseMs } from "./replan-pause.ts";

describe("the pause before a plan is made again among several nodes", () => {
  test("is up to 10, 40 and 160 ms", () => {
    const longest = [0, 1, 2].map((replans) => replanPauseMs(replans, () => 1));
    expect(longest).toEqual([10, 40, 160]);
    expect(replanPauseMs(2, () => 0)).toBe(0);
  });

  test("is another each time, so that those who lost together do not meet again", () => {
    const pauses = Array.from({ length: 100 }, () => replanPauseMs(1));
    expect(new Set(pauses).size).toBeGreaterThan(50);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...pauses)).toBeLessThan(40);
  });
});
