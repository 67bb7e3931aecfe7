import { nearMiss } from "@holdfast/kernel/near-miss";
import { patternCovers, refusePattern } from "./pattern.ts";

export const resources = ["config", "secret", "namespace", "tenant", "audit", "policy"] as const;
export const actions = ["read", "write", "delete", "list", "rotate", "approve", "admin"] as const;

export type Resource = (typeof resources)[number];
export type Action = (typeof actions)[number];

/** `<resource>:<namespace_pattern>:<action>`; an empty pattern means operations without a path. */
export interface Permission {
  readonly resource: Resource | "*";
  readonly pattern: string;
  readonly action: Action | "*";
}

export interface PermissionRefusal {
  readonly ok: false;
  /** Offset in the text, in UTF-16 units. */
  readonly position: number;
  readonly problem: string;
  readonly hint?: string;
}

export type ParsedPermission = { readonly ok: true; readonly permission: Permission } | PermissionRefusal;

/** Longest text read: the longest path (512 bytes) and `/**`, the longest names and two colons, with room to spare. */
const maxLength = 576;
const anything = "*";

/** Reads a permission; there is one spelling for each, and `formatPermission` gives it back. */
export function parsePermission(text: string): ParsedPermission {
  if (text.length > maxLength) return refuse(maxLength, `a permission has at most ${maxLength} characters`);
  const parts = text.split(":");
  const [resource, pattern, action] = parts;
  if (resource === undefined || pattern === undefined || action === undefined) {
    return refuse(text.length, "a permission has three parts", "write <resource>:<namespace_pattern>:<action>");
  }
  const patternAt = resource.length + 1;
  const actionAt = patternAt + pattern.length + 1;
  if (parts.length > 3) return refuse(actionAt + action.length, "a permission has three parts; a path holds no colon");
  if (!isOneOf(resource, resources)) return refuseName(0, "resource", resource, resources);
  const refusal = refusePattern(pattern);
  if (refusal) return refuse(patternAt + refusal.position, refusal.problem, refusal.hint);
  if (!isOneOf(action, actions)) return refuseName(actionAt, "action", action, actions);
  return { ok: true, permission: { resource, pattern, action } };
}

/** The one spelling of a permission. */
export function formatPermission(permission: Permission): string {
  return `${permission.resource}:${permission.pattern}:${permission.action}`;
}

/** Whether `wide` includes all of `narrow`: who holds the first may hand on the second. */
export function covers(wide: Permission, narrow: Permission): boolean {
  return (
    (wide.resource === anything || wide.resource === narrow.resource) &&
    (isEveryAction(wide.action) || wide.action === narrow.action) &&
    patternCovers(wide.pattern, narrow.pattern)
  );
}

/** `admin` implies all actions, so that it and `*` say the same. */
export function isEveryAction(action: Action | "*"): action is "admin" | "*" {
  return action === "admin" || action === anything;
}

/**
 * Whether a permission reaches past its own tenant: `tenant` with a name. Such a permission stands in global-admin only
 * (ATTACKS 2); `tenant::…` is the tenant in which the grant was made.
 */
export function isGlobal(permission: Permission): boolean {
  return permission.pattern !== "" && (permission.resource === "tenant" || permission.resource === anything);
}

function isOneOf<T extends string>(text: string, names: readonly T[]): text is T | "*" {
  return text === anything || (names as readonly string[]).includes(text);
}

function refuseName(position: number, what: string, text: string, names: readonly string[]): PermissionRefusal {
  const meant = nearMiss(text, names);
  const hint = meant === undefined ? `one of ${names.join(", ")} or *` : `did you mean ${meant}?`;
  return refuse(position, `unknown ${what}`, hint);
}

function refuse(position: number, problem: string, hint?: string): PermissionRefusal {
  return hint === undefined ? { ok: false, position, problem } : { ok: false, position, problem, hint };
}
