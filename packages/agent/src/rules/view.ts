import type { Rule as RuleView, RuleWithSql } from "@holdfast/contract/types";
import type { Rule } from "@holdfast/rules";
import type { LoadedRule } from "./rule-book.ts";
import type { RuleState } from "./store.ts";

/** How the runs of a rule went since the agent was started. */
export interface RuleReading {
  readonly findings: number;
  readonly errors: number;
  /** Milliseconds since the epoch. */
  readonly lastRunAt?: number | undefined;
  readonly lastDurationMs?: number | undefined;
  readonly lastError?: string | undefined;
  /** Why the agent runs it no more, although nobody switched it off: it failed too often. */
  readonly stoppedBecause?: string | undefined;
}

const MAX_ERROR = 1024;
const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** A rule as lists show it. */
export function ruleView(
  { rule, origin, file }: LoadedRule,
  state: RuleState | undefined,
  reading: RuleReading | undefined,
): RuleView {
  const { lastRunAt, lastDurationMs, lastError, stoppedBecause } = reading ?? {};
  const note = stoppedBecause?.slice(0, MAX_ERROR) ?? state?.note;
  return {
    id: rule.id,
    title: rule.title,
    severity: rule.severity,
    state: state?.isEnabled === false || stoppedBecause !== undefined ? "disabled" : "enabled",
    origin,
    file,
    schedule: scheduleOf(rule),
    findings: reading?.findings ?? 0,
    errors: reading?.errors ?? 0,
    ...(lastRunAt !== undefined && { lastRunAt: isoTime(lastRunAt) }),
    ...(lastDurationMs !== undefined && { lastDurationMs }),
    ...(lastError !== undefined && { lastError: lastError.slice(0, MAX_ERROR) }),
    ...(note !== undefined && { note }),
    // Nobody's decision: it stopped by itself.
    ...(state !== undefined &&
      stoppedBecause === undefined && { changedAt: isoTime(state.changedAt), changedBy: state.changedBy }),
  };
}

/** The whole of it. */
export function ruleWithSql(
  loaded: LoadedRule,
  state: RuleState | undefined,
  reading: RuleReading | undefined,
): RuleWithSql {
  const { rule, statement } = loaded;
  const { description, sql, windowSeconds, dedup, attack, falsePositives } = rule;
  return {
    ...ruleView(loaded, state, reading),
    description,
    sql,
    profile: rule.profile ?? "strict",
    tables: statement.tables,
    ...(windowSeconds !== undefined && { windowSeconds }),
    dedup,
    attack,
    falsePositives,
    ...sourceOf(rule),
  };
}

const scheduleOf = ({ schedule }: Rule): string =>
  schedule.kind === "tick" ? "each tick" : `every ${schedule.seconds} s`;

/** A rule of somebody else keeps who wrote it and under which licence. */
function sourceOf({ source }: Rule): Pick<RuleWithSql, "source"> {
  if (source === undefined) return {};
  const { kind, author, id, license, references } = source;
  return {
    source: {
      kind,
      ...(author !== undefined && { author }),
      ...(id !== undefined && { id }),
      ...(license !== undefined && { licence: license }),
      references,
    },
  };
}
