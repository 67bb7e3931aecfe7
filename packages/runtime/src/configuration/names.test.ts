import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDuration, printDuration } from "./duration.ts";
import { nearMiss } from "./near-miss.ts";
import { quoteName } from "./problem.ts";
import { settingsOf, variableOf } from "./setting-names.ts";
import { schema } from "./schema.fixture.ts";

describe("a duration", () => {
  it("is read as it is printed", () => {
    fc.assert(
      fc.property(fc.nat(1e9), (seconds) => {
        expect(parseDuration(printDuration(seconds))).toBe(seconds);
      }),
    );
  });

  it.each([
    ["30s", 30],
    ["5m", 300],
    ["1h30m", 5_400],
    [" 7d ", 604_800],
    ["0s", 0],
    ["90m", 5_400],
  ])("%j is %d seconds", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(["", " ", "5", "s", "5 m", "30m1h", "1.5h", "-5s", "5S", "1e3s", "9999999999s", "5s5s", "1w"])(
    "%j is none",
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});

describe("the name that was probably meant", () => {
  const known = ["tickSeconds", "timeoutSeconds", "batchRows", "rules", "sinks", "store.batchRows"];
  it.each([
    ["tick_seconds", "tickSeconds"],
    ["TICK-SECONDS", "tickSeconds"],
    ["tickSecond", "tickSeconds"],
    ["tikcSeconds", "tickSeconds"],
    ["timeout", "timeoutSeconds"],
    ["rule", "rules"],
    ["snks", "sinks"],
    ["store.batchrow", "store.batchRows"],
    ["rows", undefined],
    ["r", undefined],
    ["", undefined],
    ["x".repeat(1_000_000), undefined],
  ])("%.20s is %s", (name, meant) => {
    expect(nearMiss(name, known)).toBe(meant);
  });
});

describe("a name that stands in a message", () => {
  it("carries nothing that moves a terminal, and is cut", () => {
    expect(quoteName("a\u001b[31m\nb\u202e")).toBe('"a?[31m?b?"');
    expect(quoteName("n".repeat(100))).toBe(`"${"n".repeat(64)}…"`);
  });
});

describe("the variable of a setting", () => {
  it("is its path in capitals, with one underline between words", () => {
    expect(settingsOf(schema).map(({ path }) => variableOf("agent", path))).toContain(
      "HOLDFAST_AGENT_STORE_BATCH_ROWS",
    );
    expect(variableOf("agent", ["memoryBudgetMb"])).toBe("HOLDFAST_AGENT_MEMORY_BUDGET_MB");
  });
});
