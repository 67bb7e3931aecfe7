/**
 * The decision as one would tell it: slow, without an index. A property test keeps the compiled one equal to it, and
 * explanations are made from it.
 */
import { type Decision, deny, denyPath, areMet, pathSegments, type Request, type Rule, rulesOf } from "./decision.ts";
import type { Grant } from "./grant.ts";
import { anyDepth, anySegment, segmentsOf } from "./pattern.ts";
import { isEveryAction } from "./permission.ts";

/** Of all rules that name the request, the most specific whose conditions hold allows it. Otherwise it is denied. */
export function decideByReading(grants: readonly Grant[], request: Request): Decision {
  if (pathSegments(request.path) === undefined) return denyPath();
  const named = rulesOf(grants)
    .filter((rule) => namesResource(rule, request) && namesAction(rule, request) && matchesPath(rule, request))
    .sort(bySpecificity);
  const applying = named.find((rule) => areMet(rule.grant.conditions, request.attributes));
  return applying?.allow ?? deny(request, named[0]);
}

export function namesResource(rule: Rule, request: Request): boolean {
  return rule.permission.resource === "*" || rule.permission.resource === request.resource;
}

export function namesAction(rule: Rule, request: Request): boolean {
  return isEveryAction(rule.permission.action) || rule.permission.action === request.action;
}

export function matchesPath(rule: Rule, request: Request): boolean {
  const path = pathSegments(request.path);
  return path !== undefined && matches(segmentsOf(rule.permission.pattern), path);
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  const [wanted, ...wantedNext] = pattern;
  const [found, ...foundNext] = path;
  if (wanted === anyDepth) return true;
  if (wanted === undefined || found === undefined) return wanted === found;
  return (wanted === anySegment || wanted === found) && matches(wantedNext, foundNext);
}

/** A named resource before `*`, then the narrower pattern, then a named action before all; else the order of grants. */
function bySpecificity(a: Rule, b: Rule): number {
  return (
    Number(a.permission.resource === "*") - Number(b.permission.resource === "*") ||
    byWidth(segmentsOf(a.permission.pattern), segmentsOf(b.permission.pattern)) ||
    Number(isEveryAction(a.permission.action)) - Number(isEveryAction(b.permission.action))
  );
}

/** Compares two patterns that match one path: at the first segment where they part, the narrower comes first. */
function byWidth(a: readonly string[], b: readonly string[]): number {
  const parting = a.findIndex((segment, index) => segment !== b[index]);
  const at = parting === -1 ? a.length : parting;
  return widthOf(a[at]) - widthOf(b[at]);
}

function widthOf(segment: string | undefined): number {
  if (segment === anyDepth) return 2;
  return segment === anySegment ? 1 : 0;
}
