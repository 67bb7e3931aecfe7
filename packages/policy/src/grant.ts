import type { Condition } from "./condition.ts";
import type { Permission } from "./permission.ts";

/** A role as held by one actor. All conditions have to hold. */
export interface Grant {
  readonly role: string;
  readonly permissions: readonly Permission[];
  readonly conditions: readonly Condition[];
}

/** The one role whose grants hold in every tenant. */
export const globalRole = "global-admin";

/**
 * The tenant fence: of an actor's grants, those that may speak in `tenant`. A grant counts only in the tenant that it
 * was made in, by id, never by name (ATTACKS 2, 5); global-admin counts in each.
 */
export function grantsWithin<T extends { readonly role: string; readonly tenant: string }>(
  tenant: string,
  grants: readonly T[],
): readonly T[] {
  return grants.filter((grant) => grant.tenant === tenant || grant.role === globalRole);
}
