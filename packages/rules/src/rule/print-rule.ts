import { stringify } from "yaml";
import { formatDuration } from "./duration.ts";
import type { Rule, RuleTest } from "./rule.ts";

/** Prints a rule as the file that `parseRules` reads it from. */
export function printRule(rule: Rule): string {
  const { source, tests } = rule;
  const file = {
    id: rule.id,
    title: rule.title,
    severity: rule.severity,
    ...(rule.description === rule.title ? {} : { description: rule.description }),
    ...(rule.profile === undefined ? {} : { profile: rule.profile }),
    ...(rule.schedule.kind === "tick" ? {} : { schedule: { every: formatDuration(rule.schedule.seconds) } }),
    ...(rule.windowSeconds === undefined ? {} : { window: formatDuration(rule.windowSeconds) }),
    ...(rule.isDifferential === true ? { report: "changes" } : {}),
    ...list("dedup", rule.dedup),
    ...list("attack", rule.attack),
    ...list("false_positives", rule.falsePositives),
    sql: rule.sql,
    ...(tests.match.length + tests.noMatch.length === 0
      ? {}
      : { tests: { ...list("match", tests.match.map(printTest)), ...list("no_match", tests.noMatch.map(printTest)) } }),
    ...(source === undefined ? {} : { source: { ...source, ...list("references", source.references) } }),
  };
  return stringify(file, { version: "1.2", lineWidth: 0, aliasDuplicateObjects: false });
}

function list(key: string, items: readonly unknown[]): object {
  return items.length === 0 ? {} : { [key]: items };
}

function printTest({ name, rows }: RuleTest): object {
  return {
    name,
    ...Object.fromEntries(
      Map.groupBy(rows, (row) => row.table)
        .entries()
        .map(([table, group]) => [table, group.map(({ row }) => row)]),
    ),
  };
}
