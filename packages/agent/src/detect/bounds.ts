import type { RuleTable } from "@holdfast/rules";
import type { RowBounds } from "./protocol.ts";
import type { ScheduledRule } from "./scheduled-rule.ts";

/** Which rows of each table one run of a statement sees. */
export type Pass = Readonly<Record<string, RowBounds>>;

/** Rows that are to be judged: those after the one number, up to the other. */
export interface Span {
  readonly after: number;
  readonly upTo: number;
  /** For a rule with a window: when it begins, and a number that no row of it is at or below. */
  readonly window?: { readonly since: number; readonly after: number };
}

export type TableKinds = ReadonlyMap<string, RuleTable["kind"]>;

/** What surrounds the rows that are judged: also what changed since, or a row would be missing while it changes. */
const WHOLE: RowBounds = { after: 0, upTo: Number.MAX_SAFE_INTEGER };

/**
 * The runs that judge a span of new rows, each row once:
 * - events are what happened: new ones are judged against the state of the host as it is, or all of a window;
 * - a statement over state alone is judged where state is new. Of several tables, a row counts as new with every row of
 *   the tables before it that is not, and with every row of those after it: no pair is missed, and none comes twice;
 * - counts over state, differences and state that is looked at every so often are about all there is.
 */
export function passesOf(rule: ScheduledRule, kinds: TableKinds, span: Span): readonly Pass[] {
  const { tables, isAggregate } = rule.statement;
  const isEvents = (table: string): boolean => kinds.get(table) === "events";
  if (rule.isDifferential === true) return [boundsFor(tables, () => WHOLE)];
  if (tables.some(isEvents)) {
    const events = eventBounds(rule, span);
    return [boundsFor(tables, (table) => (isEvents(table) ? events : WHOLE))];
  }
  if (isAggregate || rule.schedule.kind === "every") return [boundsFor(tables, () => WHOLE)];
  return tables.map((fresh, index) =>
    boundsFor(tables, (table) => stateBounds(span, tables.indexOf(table) - index, fresh === table)),
  );
}

/** Whether the rule sees only rows of its span in the tables that drive it, so that a span can be cut in two. */
export function isDivisible(rule: ScheduledRule, kinds: TableKinds): boolean {
  const { tables, isAggregate } = rule.statement;
  if (rule.isDifferential === true || rule.windowSeconds !== undefined || isAggregate) return false;
  return rule.schedule.kind === "tick" || tables.some((table) => kinds.get(table) === "events");
}

/** The tables whose new rows a rule is about. */
export function drivingTables({ statement }: ScheduledRule, kinds: TableKinds): readonly string[] {
  const events = statement.tables.filter((table) => kinds.get(table) === "events");
  return events.length > 0 ? events : statement.tables;
}

function boundsFor(tables: readonly string[], of: (table: string) => RowBounds): Pass {
  return Object.fromEntries(tables.map((table) => [table, of(table)]));
}

function eventBounds({ windowSeconds }: ScheduledRule, { after, upTo, window }: Span): RowBounds {
  if (windowSeconds === undefined || window === undefined) return { after, upTo };
  return { after: window.after, upTo, since: window.since };
}

function stateBounds({ after, upTo }: Span, position: number, isFresh: boolean): RowBounds {
  if (isFresh) return { after, upTo };
  return position < 0 ? { after: 0, upTo: after } : { after: 0, upTo };
}
