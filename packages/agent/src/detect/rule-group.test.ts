import { ruleTables } from "@holdfast/rules";
import { describe, expect, it } from "vitest";
import { groupsOf, questionOf } from "./rule-group.ts";
import type { ScheduledRule } from "./scheduled-rule.ts";
import { ruleOf } from "./scheduler.fixture.ts";

const kinds = new Map(ruleTables.map(({ name, kind }) => [name, kind]));
const idsOf = (rules: readonly ScheduledRule[]) =>
  groupsOf(rules, kinds).map((group) => group.rules.map(({ id }) => id));

describe("groups of rules", () => {
  it("are rules that see the same rows of the same tables", () => {
    expect(
      idsOf([
        ruleOf("a", "SELECT 1 FROM process_events"),
        ruleOf("b", "SELECT 1 FROM users"),
        ruleOf("c", "SELECT 2 FROM process_events"),
        ruleOf("d", "SELECT 1 FROM process_events, users"),
        ruleOf("e", "SELECT 2 FROM users"),
      ]),
    ).toEqual([["a", "c"], ["b", "e"], ["d"]]);
  });

  it("leave out rules with windows, counts, clocks, differences and several runs of their own", () => {
    expect(
      idsOf([
        ruleOf("window", "process_events", { windowSeconds: 1 }),
        ruleOf("count", "SELECT count(*) FROM process_events"),
        ruleOf("clock", "process_events", { schedule: { kind: "every", seconds: 1 } }),
        ruleOf("difference", "users", { isDifferential: true }),
        ruleOf("pairs", "users, mounts"),
      ]),
    ).toEqual([]);
  });

  it("stay within what one statement may be", () => {
    const rules = Array.from({ length: 200 }, (_, index) =>
      ruleOf(`r${index}`, `SELECT ${"1".repeat(index * 10)} FROM process_events`),
    );
    const long = ruleOf("long", `SELECT '${"x".repeat(60_000)}' FROM process_events`);
    const bound = Array.from({ length: 5 }, (_, index) => {
      const rule = ruleOf(`bound${index}`, "SELECT 1 FROM process_events");
      return { ...rule, statement: { ...rule.statement, parameters: Array.from({ length: 1_500 }, () => 1) } };
    });
    const groups = groupsOf([...rules, long, ...bound], kinds);
    expect(groups.flatMap(({ rules }) => rules)).toHaveLength(206);
    for (const { rules, sql, parameters } of groups) {
      expect(rules.length).toBeLessThanOrEqual(64);
      expect(rules.length === 1 || sql.length < 60_000).toBe(true);
      expect(parameters.length).toBeLessThanOrEqual(4_096);
    }
  });

  it("ask each of their rules in one statement, with the rules' own bounds and parameters", () => {
    const one = ruleOf("a", "SELECT 1 FROM process_events WHERE pid = ?");
    const rules = [1, 2].map((pid) => ({ ...one, statement: { ...one.statement, parameters: [pid] } }));
    const [group] = groupsOf(rules, kinds);
    expect(questionOf(group!, kinds, { after: 3, upTo: 4 })).toEqual({
      sql: `SELECT EXISTS (SELECT 1 FROM (${one.statement.sql})) AS r0, EXISTS (SELECT 1 FROM (${one.statement.sql})) AS r1`,
      parameters: [1, 2],
      bounds: { process_events: { after: 3, upTo: 4 } },
    });
  });
});
