import { type Decision, deny, denyPath, pathSegments, type Request, ruleOf } from "./decision.ts";
import { type Explanation, explain } from "./explain.ts";
import type { Grant } from "./grant.ts";
import { addRule, type PatternNode, plant, Search } from "./pattern-tree.ts";
import type { Resource } from "./permission.ts";

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

/** The order of decision (DESIGN §8): path → role permissions, each with its conditions → else denied. */
function decideBy(index: Index, request: Request): Decision {
  const segments = pathSegments(request.path);
  if (segments === undefined) return denyPath();
  const search = new Search(segments, request);
  const rule = search.under(index.get(request.resource)) ?? search.under(index.get("*"));
  return rule === undefined ? deny(request, search.unmet) : rule.allow;
}

function indexOf(grants: readonly Grant[]): Index {
  const index = new Map<Resource | "*", PatternNode>();
  for (const grant of grants) {
    for (const permission of grant.permissions) {
      const root = index.get(permission.resource) ?? plant();
      index.set(permission.resource, root);
      addRule(root, ruleOf(grant, permission));
    }
  }
  return index;
}
