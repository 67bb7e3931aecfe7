import { didYouMean } from "../near-miss.ts";
import { type AdmittedStatement, admit } from "../sql/admit.ts";
import { type Profile, profiles } from "../sql/profile.ts";
import type { RuleTable } from "../tables.ts";
import { describe, type Located, type LocatedMap, offsetWithin } from "../yaml/located.ts";
import { parseDuration } from "./duration.ts";
import { Fields, type LocatedText } from "./fields.ts";
import type { IssueList } from "./issue.ts";
import { readSource } from "./read-source.ts";
import { readTests } from "./read-tests.ts";
import { type Rule, ruleLimits, type Schedule, severities } from "./rule.ts";

/** What rules of a file are judged by. */
export interface RuleOptions {
  /** The widest profile that the configuration gives to rules. */
  readonly profile: Profile;
  readonly tables: readonly RuleTable[];
  /** Functions that rules may call, instead of those of their profile. */
  readonly functions?: readonly string[];
}

/** A rule that can run. */
export interface RunnableRule {
  readonly rule: Rule;
  readonly statement: AdmittedStatement;
}

/** Everything that a rule may say. */
export const ruleKeys = [
  "id",
  "title",
  "severity",
  "description",
  "sql",
  "profile",
  "schedule",
  "window",
  "report",
  "dedup",
  "attack",
  "false_positives",
  "tests",
  "source",
] as const;

/** Reads one rule; undefined when anything is wrong with it, which the list then says. */
export function readRule(map: LocatedMap, options: RuleOptions, issues: IssueList): RunnableRule | undefined {
  const before = issues.count;
  const fields = new Fields(map, ruleKeys, issues);
  const id = readId(fields, issues);
  const title = fields.text("title", fields.require("title"), ruleLimits.title);
  const severity = fields.oneOf("severity", fields.require("severity"), severities);
  const description = fields.text("description", fields.get("description"), ruleLimits.description, false);
  const profile = readProfile(fields, options, issues);
  const admitted = admitSql(fields, profile ?? "strict", options, issues);
  const schedule = readSchedule(fields.get("schedule"), issues);
  const windowSeconds = readDuration("window", fields.get("window"), ruleLimits.windowSeconds, issues);
  const report = fields.oneOf("report", fields.get("report"), ["rows", "changes"]);
  if (report === "changes" && admitted !== undefined) {
    insistComparable({ schedule, windowSeconds, statement: admitted.statement }, fields.get("report"), issues);
  }
  const dedup = fields.texts("dedup", ruleLimits.list, 64);
  if (admitted !== undefined) refuseUnknownColumns(dedup, admitted.statement, issues);
  const attack = readAttack(fields, issues);
  const falsePositives = fields.texts("false_positives", ruleLimits.list, ruleLimits.note).map((note) => note.value);
  const tests = readTests(fields.get("tests"), options.tables, issues);
  const source = readSource(fields.get("source"), issues);
  if (
    issues.count > before ||
    id === undefined ||
    title === undefined ||
    severity === undefined ||
    admitted === undefined
  ) {
    return undefined;
  }
  const rule: Rule = {
    id,
    title,
    severity,
    description: description ?? title,
    sql: admitted.sql,
    ...(profile === undefined ? {} : { profile }),
    schedule,
    ...(windowSeconds === undefined ? {} : { windowSeconds }),
    ...(report === "changes" ? { isDifferential: true as const } : {}),
    dedup: dedup.map((column) => column.value),
    attack,
    falsePositives,
    tests,
    ...(source === undefined ? {} : { source }),
  };
  return { rule, statement: admitted.statement };
}

function readId(fields: Fields, issues: IssueList): string | undefined {
  const node = fields.require("id");
  const id = fields.text("id", node, ruleLimits.id);
  if (id === undefined || /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id)) return id;
  issues.add("value_invalid", "id holds letters, digits, . _ and -, and begins with a letter or digit", node!.offset);
  return undefined;
}

function readProfile(fields: Fields, options: RuleOptions, issues: IssueList): Profile | undefined {
  const node = fields.get("profile");
  const profile = fields.oneOf("profile", node, profiles);
  if (profile === undefined || profiles.indexOf(profile) <= profiles.indexOf(options.profile)) return profile;
  const hint = `agent.detection.profile: ${profile} allows it`;
  issues.add("profile_not_allowed", `rules may not be wider than the profile ${options.profile}`, node!.offset, hint);
  return undefined;
}

interface AdmittedSql {
  readonly sql: string;
  readonly statement: AdmittedStatement;
}

function admitSql(fields: Fields, profile: Profile, options: RuleOptions, issues: IssueList): AdmittedSql | undefined {
  const node = fields.require("sql");
  if (node === undefined) return undefined;
  if (node.kind !== "scalar" || typeof node.value !== "string") {
    issues.add("value_invalid", `sql is a text, not ${describe(node)}`, node.offset);
    return undefined;
  }
  const sql = node.value;
  const admission = admit(sql, { ...options, profile });
  if (!admission.ok) {
    const { message, position, hint } = admission.refusal;
    const isWide = profile === "strict" && admit(sql, { ...options, profile: "extended" }).ok;
    const advice = isWide ? [hint, wayToExtended(options)].filter(Boolean).join("; ") : hint;
    issues.add("sql_refused", message, offsetWithin(node, position.offset, issues.text), advice);
    return undefined;
  }
  if (admission.statement.columns.length > ruleLimits.columns) {
    issues.add(
      "sql_refused",
      `a finding has at most ${ruleLimits.columns} columns`,
      node.offset,
      "name those that matter",
    );
  }
  return { sql: sql.trim(), statement: admission.statement };
}

/** Where the wider profile is asked for: the rule says that it needs it, and the agent has to allow that. */
function wayToExtended({ profile }: RuleOptions): string {
  const inRule = "write profile: extended in the rule";
  return profile === "extended" ? inRule : `${inRule}, and set agent.detection.profile: extended`;
}

function readSchedule(node: Located | undefined, issues: IssueList): Schedule {
  if (node === undefined || (node.kind === "scalar" && node.value === "tick")) return { kind: "tick" };
  if (node.kind !== "map") {
    issues.add("value_invalid", "schedule is tick, or a map with every", node.offset, "write schedule: { every: 60s }");
    return { kind: "tick" };
  }
  const fields = new Fields(node, ["every"], issues);
  const seconds = readDuration("every", fields.require("every"), ruleLimits.everySeconds, issues);
  return seconds === undefined ? { kind: "tick" } : { kind: "every", seconds };
}

function readDuration(
  key: string,
  node: Located | undefined,
  maxSeconds: number,
  issues: IssueList,
): number | undefined {
  if (node === undefined) return undefined;
  const seconds = node.kind === "scalar" && typeof node.value === "string" ? parseDuration(node.value) : undefined;
  if (seconds !== undefined && seconds <= maxSeconds) return seconds;
  issues.add("value_invalid", `${key} is a time up to ${maxSeconds} seconds`, node.offset, "write 30s, 5m, 2h or 1d");
  return undefined;
}

interface Compared {
  readonly schedule: Schedule;
  readonly windowSeconds: number | undefined;
  readonly statement: AdmittedStatement;
}

/** Columns that differ at every look, whatever happened. */
const RESTLESS = ["seq", "last_seen", "user_time", "system_time"];

/** Whole results are compared, so it has to be said how often, and no column may differ by itself. */
function insistComparable(rule: Compared, node: Located | undefined, issues: IssueList): void {
  const { schedule, windowSeconds, statement } = rule;
  const offset = node?.offset ?? 0;
  const restless = statement.columns.find((column) => RESTLESS.includes(column));
  if (schedule.kind === "tick") {
    issues.add("value_invalid", "changes are reported every so often", offset, "write schedule: { every: 60s }");
  }
  if (windowSeconds !== undefined) {
    issues.add("value_invalid", "changes are those of a whole result, not of a window", offset, "leave window out");
  }
  if (restless !== undefined) {
    issues.add("sql_refused", `${restless} differs at every look`, offset, "name the columns to compare");
  }
}

function refuseUnknownColumns(dedup: readonly LocatedText[], statement: AdmittedStatement, issues: IssueList): void {
  for (const { value, offset } of dedup) {
    if (statement.columns.includes(value)) continue;
    const hint = didYouMean(value, statement.columns) ?? `there are ${statement.columns.join(", ")}`;
    issues.add("column_unknown", "dedup names a column that the statement does not give", offset, hint);
  }
}

function readAttack(fields: Fields, issues: IssueList): readonly string[] {
  return fields.texts("attack", ruleLimits.list, 32).flatMap(({ value, offset }) => {
    if (/^T[0-9]{4}(\.[0-9]{3})?$/.test(value)) return [value];
    issues.add("value_invalid", "attack holds ids of MITRE ATT&CK techniques", offset, "write T1059 or T1059.004");
    return [];
  });
}
