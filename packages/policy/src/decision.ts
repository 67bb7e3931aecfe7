import { MAX_PATH_BYTES } from "@holdfast/kernel/paths";
import { type Attributes, type Condition, formatCondition, holds } from "./condition.ts";
import type { Grant } from "./grant.ts";
import { type Action, formatPermission, type Permission, type Resource } from "./permission.ts";

/** What an actor asks to do. `path` is canonical (kernel `parsePath`), or empty for operations without one. */
export interface Request {
  readonly resource: Resource;
  readonly path: string;
  readonly action: Action;
  readonly attributes: Attributes;
}

/** Public and stable. */
export type Reason = "granted" | "no_permission" | "condition_not_met" | "path_not_canonical";

/** The permission that decided, and the role that holds it. */
export interface DecidingRule {
  readonly role: string;
  readonly permission: string;
}

/** The answer. It depends on grants and attributes alone, never on what exists (ATTACKS 11). */
export interface Decision {
  readonly allowed: boolean;
  readonly rule?: DecidingRule;
  /** What would have allowed it: a permission, or the conditions of `rule` that do not hold. */
  readonly missing: readonly string[];
  readonly reason: Reason;
}

/** One permission of one grant, ready to decide. */
export interface Rule {
  readonly grant: Grant;
  readonly permission: Permission;
  readonly name: DecidingRule;
  /** The answer when this rule allows: made once, so that the fast path allocates nothing for it. */
  readonly allow: Decision;
}

const nothing: readonly string[] = Object.freeze([]);
const notCanonical: Decision = Object.freeze({ allowed: false, missing: nothing, reason: "path_not_canonical" });

function ruleOf(grant: Grant, permission: Permission): Rule {
  const name = Object.freeze({ role: grant.role, permission: formatPermission(permission) });
  return {
    grant,
    permission,
    name,
    allow: Object.freeze({ allowed: true, rule: name, missing: nothing, reason: "granted" }),
  };
}

export function rulesOf(grants: readonly Grant[]): Rule[] {
  return grants.flatMap((grant) => grant.permissions.map((permission) => ruleOf(grant, permission)));
}

/** Whether all conditions hold. */
export function areMet(conditions: readonly Condition[], attributes: Attributes): boolean {
  for (const condition of conditions) {
    if (!holds(condition, attributes)) return false;
  }
  return true;
}

/** The denial, given the most specific rule of which only the conditions stood in the way. */
export function deny(request: Request, unmet: Rule | undefined): Decision {
  if (unmet === undefined) {
    const needed = formatPermission({ resource: request.resource, pattern: request.path, action: request.action });
    return { allowed: false, missing: [needed], reason: "no_permission" };
  }
  const conditions = unmet.grant.conditions.filter((condition) => !holds(condition, request.attributes));
  const missing = conditions.map(formatCondition);
  return { allowed: false, rule: unmet.name, missing, reason: "condition_not_met" };
}

/** The denial of a path that the gate should never have let through. */
export function denyPath(): Decision {
  return notCanonical;
}

/**
 * The segments of a canonical path. The gate has parsed it; what would walk out of a granted tree or fill a `*` with
 * nothing is refused here all the same (ATTACKS 1).
 */
export function pathSegments(path: string): readonly string[] | undefined {
  if (path === "") return [];
  if (path.length > MAX_PATH_BYTES) return undefined;
  const segments = path.split("/");
  for (const segment of segments) {
    if (segment === "" || segment === "." || segment === "..") return undefined;
  }
  return segments;
}
