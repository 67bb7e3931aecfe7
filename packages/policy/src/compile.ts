import { formatCondition } from "./condition.ts";
import { type Decision, deny, denyPath, pathSegments, type Request, type Rule, rulesOf } from "./decision.ts";
import { type Explanation, explain } from "./explain.ts";
import type { Grant } from "./grant.ts";
import { addRule, type PatternNode, plant, Search } from "./pattern-tree.ts";
import { isEveryAction, type Resource } from "./permission.ts";

/** Decides for one actor in one tenant: the tenant fence stands before it, in the choice of grants (`grantsWithin`). */
export interface Authorizer {
  decide(request: Request): Decision;
  /** The same decision, with the rules that were considered; slow. */
  explain(request: Request): Explanation;
}

/** Compiles grants into an index whose look-up costs the same however many rules there are. */
export function compile(grants: readonly Grant[]): Authorizer {
  const index = indexOf(grants);
  return {
    decide: (request) => decideBy(index, request),
    explain: (request) => explain(grants, request),
  };
}

type Index = ReadonlyMap<Resource | "*", PatternNode>;

/** The order of decision: path → role permissions, each with its conditions → else denied. */
function decideBy(index: Index, request: Request): Decision {
  const segments = pathSegments(request.path);
  if (segments === undefined) return denyPath();
  const search = new Search(segments, request);
  const allow = search.under(index.get(request.resource)) ?? search.under(index.get("*"));
  return allow ?? deny(request, search.unmet);
}

function indexOf(grants: readonly Grant[]): Index {
  const index = new Map<Resource | "*", PatternNode>();
  for (const rule of decidingRules(grants)) {
    const root = index.get(rule.permission.resource) ?? plant();
    index.set(rule.permission.resource, root);
    addRule(root, rule);
  }
  return index;
}

/** What can decide at all, a named action before all actions: a rule said twice, under the same conditions, is one. */
function decidingRules(grants: readonly Grant[]): readonly Rule[] {
  const known = new Set<string>();
  const first = rulesOf(grants).filter((rule) => {
    const conditions = rule.grant.conditions.map(formatCondition).join("; ");
    const text = `${rule.name.permission} if ${conditions}`;
    const isNew = !known.has(text);
    known.add(text);
    return isNew;
  });
  return first.sort((a, b) => Number(isEveryAction(a.permission.action)) - Number(isEveryAction(b.permission.action)));
}
