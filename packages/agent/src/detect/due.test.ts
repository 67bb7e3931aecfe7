import { ruleTables } from "@holdfast/rules";
import { describe, expect, it } from "vitest";
import { due } from "./due.ts";
import { newState, type RuleState } from "./rule-state.ts";
import type { ScheduledRule } from "./scheduled-rule.ts";
import { ruleOf } from "./scheduler.fixture.ts";

const kinds = new Map(ruleTables.map(({ name, kind }) => [name, kind]));
const heads: Readonly<Record<string, number>> = { process_events: 50, users: 90 };
const isDue = (rule: ScheduledRule, now: number, watermark: number, over: Partial<RuleState> = {}): boolean => {
  const state = { ...newState("", watermark), ...over };
  return due([{ rule, state, watermark }], { now, kinds, headOf: (table) => heads[table] ?? 0 }).length === 1;
};

describe("a rule that is run at ticks", () => {
  const rule = ruleOf("r", "process_events");

  it("is due when there are new rows in a table that it is about", () => {
    expect(isDue(rule, 1_000, 49)).toBe(true);
    expect(isDue(rule, 1_000, 50)).toBe(false);
    expect(isDue(ruleOf("r", "users"), 1_000, 50)).toBe(true);
  });

  it("is not due for what changes in the state that it looks up beside events", () => {
    expect(isDue(ruleOf("r", "process_events, users"), 1_000, 60)).toBe(false);
  });

  it("is not due while it is switched off, or waits after a failure", () => {
    expect(isDue(rule, 1_000, 0, { disabled: { reason: "", at: 0 } })).toBe(false);
    expect(isDue(rule, 1_000, 0, { retryAt: 1_001 })).toBe(false);
    expect(isDue(rule, 1_000, 0, { retryAt: 1_000 })).toBe(true);
  });

  it("does not wait for a time that the clock had shown before it was set back", () => {
    expect(isDue(rule, 1_000, 0, { retryAt: 5_000 })).toBe(true);
  });
});

describe("a rule that is run every so often", () => {
  const rule = ruleOf("r", "users", { schedule: { kind: "every", seconds: 60 } });

  it("is due when the time has passed, new rows or not", () => {
    expect(isDue(rule, 1_000, 0)).toBe(true);
    expect(isDue(rule, 1_000, 99, { lastRunAt: 940 })).toBe(true);
    expect(isDue(rule, 1_000, 0, { lastRunAt: 941 })).toBe(false);
  });

  it("is due at once when the clock was set back", () => {
    expect(isDue(rule, 1_000, 0, { lastRunAt: 1_500 })).toBe(true);
  });
});
