import { drivingTables, type TableKinds } from "./bounds.ts";
import { MAX_RETRY_SECONDS, type RuleState } from "./rule-state.ts";
import type { ScheduledRule } from "./scheduled-rule.ts";

/** How the world is at a tick. */
export interface Moment {
  /** Unix time. */
  readonly now: number;
  /** Number of the newest row of a table, or of any when that is not known. */
  readonly headOf: (table: string) => number;
  readonly kinds: TableKinds;
}

/** A rule with what is known of it. */
export interface Standing<R extends ScheduledRule> {
  readonly rule: R;
  readonly state: RuleState;
  /** Rows up to here are judged. */
  readonly watermark: number;
}

/** Which rules are to run now; none of them costs nothing. */
export function due<R extends ScheduledRule>(
  standings: readonly Standing<R>[],
  moment: Moment,
): readonly Standing<R>[] {
  return standings.filter((standing) => isDue(standing, moment));
}

function isDue({ rule, state, watermark }: Standing<ScheduledRule>, { now, headOf, kinds }: Moment): boolean {
  if (state.disabled !== undefined || isWaiting(state, now)) return false;
  if (rule.schedule.kind === "every") return hasElapsed(state.lastRunAt, rule.schedule.seconds, now);
  return drivingTables(rule, kinds).some((table) => headOf(table) > watermark);
}

/** A clock that was set back makes nobody wait for the time that it had shown. */
function hasElapsed(since: number, seconds: number, now: number): boolean {
  return now >= since + seconds || now < since;
}

function isWaiting({ retryAt }: RuleState, now: number): boolean {
  return now < retryAt && retryAt - now <= MAX_RETRY_SECONDS;
}
