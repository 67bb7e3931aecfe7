import type { Condition } from "./condition.ts";
import { nearMiss } from "@holdfast/kernel/near-miss";
import { isGlobal, type Permission, parsePermission } from "./permission.ts";
import { parseRoleName } from "./role-name.ts";

/** A role of an operator's own. */
export interface Role {
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly conditions: readonly Condition[];
}

/** A role as written by its author. */
export interface RoleText {
  readonly name: string;
  readonly permissions: readonly string[];
  readonly environments?: readonly string[];
}

export interface RoleProblem {
  /** JSON pointer (RFC 6901) to the part that is wrong. */
  readonly pointer: string;
  readonly problem: string;
  readonly hint?: string;
}

export type DefinedRole =
  | { readonly ok: true; readonly role: Role }
  | { readonly ok: false; readonly problems: readonly RoleProblem[] };

const maxPermissions = 1000;
const maxEnvironments = 16;

const environmentGrammar = /^[a-z][a-z0-9-]{0,62}$/;
const standingEnvironments = ["development", "staging", "production"];

/** Reads the definition of a role; every problem in it is named, not the first alone. */
export function defineRole(text: RoleText): DefinedRole {
  const problems: RoleProblem[] = [];
  const name = readName(text.name, problems);
  const permissions = readPermissions(text.permissions, problems);
  const conditions = readEnvironments(text.environments, problems);
  return problems.length === 0 ? { ok: true, role: { name, permissions, conditions } } : { ok: false, problems };
}

function readName(text: string, problems: RoleProblem[]): string {
  const parsed = parseRoleName(text);
  if (!parsed.ok) problems.push({ pointer: "/name", problem: parsed.problem, hint: parsed.hint });
  return text;
}

function readPermissions(texts: readonly string[], problems: RoleProblem[]): readonly Permission[] {
  if (texts.length > maxPermissions) {
    problems.push({ pointer: "/permissions", problem: `a role holds at most ${maxPermissions} permissions` });
    return [];
  }
  return texts.flatMap((text, index) => readPermission(text, `/permissions/${index}`, problems));
}

function readPermission(text: string, pointer: string, problems: RoleProblem[]): readonly Permission[] {
  const parsed = parsePermission(text);
  if (!parsed.ok) {
    const { ok: _, position, problem, hint } = parsed;
    problems.push({
      pointer,
      problem: `${problem} (at ${position})`,
      ...(hint === undefined ? {} : { hint }),
    });
    return [];
  }
  if (isGlobal(parsed.permission)) {
    const hint = "name the resource, and for the tenant itself leave the pattern empty: tenant::read";
    problems.push({ pointer, problem: "only global-admin reaches other tenants", hint });
  }
  return [parsed.permission];
}

function readEnvironments(names: readonly string[] | undefined, problems: RoleProblem[]): readonly Condition[] {
  if (names === undefined) return [];
  if (names.length === 0 || names.length > maxEnvironments) {
    problems.push({
      pointer: "/environments",
      problem: `between 1 and ${maxEnvironments} environments, or none given`,
    });
  }
  for (const [index, name] of names.slice(0, maxEnvironments).entries()) {
    if (environmentGrammar.test(name)) continue;
    const meant = nearMiss(name, standingEnvironments);
    const hint = meant === undefined ? "a to z, 0 to 9 and hyphens, a letter first" : `did you mean ${meant}?`;
    problems.push({ pointer: `/environments/${index}`, problem: "not an environment name", hint });
  }
  return [{ kind: "environment", oneOf: [...names] }];
}
