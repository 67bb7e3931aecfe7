import { isDivisible, passesOf, type Pass, type Span, type TableKinds } from "./bounds.ts";
import type { Statement } from "./job.ts";
import type { Cell } from "./protocol.ts";
import type { ScheduledRule } from "./scheduled-rule.ts";

/** Rules that look at the same rows, and one statement that says which of them find anything. */
export interface RuleGroup<R extends ScheduledRule> {
  readonly rules: readonly R[];
  readonly sql: string;
  readonly parameters: readonly Cell[];
}

const MAX_RULES = 64;
const MAX_LENGTH = 49_152;
const MAX_PARAMETERS = 4_096;

/**
 * Most rules find nothing in most ticks. One statement that asks them all costs a tenth of asking one by one, because
 * what costs is not the looking at a few rows but the coming and going. It is the same text as long as the rules are, so
 * that it stays prepared.
 */
export function groupsOf<R extends ScheduledRule>(rules: readonly R[], kinds: TableKinds): readonly RuleGroup<R>[] {
  const alike = Map.groupBy(
    rules.filter((rule) => canBeAsked(rule, kinds)),
    (rule) => signatureOf(rule, kinds),
  );
  return [...alike.values()].flatMap(chunksOf).map(groupOf);
}

/** What the group's statement sees is what each of its rules would. */
export function questionOf<R extends ScheduledRule>(group: RuleGroup<R>, kinds: TableKinds, span: Span): Statement {
  const [bounds] = passesOf(group.rules[0]!, kinds, span);
  return { sql: group.sql, parameters: group.parameters, bounds: bounds! };
}

function canBeAsked(rule: ScheduledRule, kinds: TableKinds): boolean {
  if (rule.schedule.kind !== "tick" || rule.windowSeconds !== undefined || rule.isDifferential === true) return false;
  return isDivisible(rule, kinds) && passesOf(rule, kinds, EXAMPLE).length === 1;
}

const EXAMPLE: Span = { after: 1, upTo: 2 };

/** Alike for rules of which every table shows the same rows. */
function signatureOf(rule: ScheduledRule, kinds: TableKinds): string {
  const [pass] = passesOf(rule, kinds, EXAMPLE) as readonly [Pass];
  return JSON.stringify(Object.entries(pass).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function chunksOf<R extends ScheduledRule>(rules: readonly R[]): R[][] {
  const chunks: R[][] = [];
  let room = { length: 0, parameters: 0 };
  for (const rule of rules) {
    const { sql, parameters } = rule.statement;
    room = { length: room.length - sql.length, parameters: room.parameters - parameters.length };
    const last = chunks.at(-1);
    if (last !== undefined && last.length < MAX_RULES && room.length >= 0 && room.parameters >= 0) {
      last.push(rule);
      continue;
    }
    chunks.push([rule]);
    room = { length: MAX_LENGTH - sql.length, parameters: MAX_PARAMETERS - parameters.length };
  }
  return chunks;
}

function groupOf<R extends ScheduledRule>(rules: readonly R[]): RuleGroup<R> {
  const questions = rules.map(({ statement }, index) => `EXISTS (SELECT 1 FROM (${statement.sql})) AS r${index}`);
  return {
    rules,
    sql: `SELECT ${questions.join(", ")}`,
    parameters: rules.flatMap(({ statement }) => statement.parameters),
  };
}
