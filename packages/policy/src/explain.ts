import { type DecidingRule, type Decision, areMet, type Request, type Rule, rulesOf } from "./decision.ts";
import type { Grant } from "./grant.ts";
import { decideByReading, matchesPath, namesAction, namesResource } from "./reference.ts";

/** Why a rule did or did not apply: the first of its parts that does not fit. */
export type Verdict = "applies" | "conditions" | "action" | "path" | "resource";

export interface ConsideredRule extends DecidingRule {
  readonly verdict: Verdict;
}

export interface Explanation extends Decision {
  /** The rules, nearest first. */
  readonly considered: readonly ConsideredRule[];
  /** How many more there are. */
  readonly omitted: number;
}

const maxConsidered = 100;
const nearestFirst: readonly Verdict[] = ["applies", "conditions", "action", "path", "resource"];

/** Decides as `decide` does, and says of each rule why it did not apply. */
export function explain(grants: readonly Grant[], request: Request): Explanation {
  const considered = rulesOf(grants).map((rule) => ({ ...rule.name, verdict: verdictOf(rule, request) }));
  considered.sort((a, b) => nearestFirst.indexOf(a.verdict) - nearestFirst.indexOf(b.verdict));
  return {
    ...decideByReading(grants, request),
    considered: considered.slice(0, maxConsidered),
    omitted: Math.max(0, considered.length - maxConsidered),
  };
}

function verdictOf(rule: Rule, request: Request): Verdict {
  if (!namesResource(rule, request)) return "resource";
  if (!matchesPath(rule, request)) return "path";
  if (!namesAction(rule, request)) return "action";
  return areMet(rule.grant.conditions, request.attributes) ? "applies" : "conditions";
}
