import { type Change, type Context, type Input, type Plan, Refusal } from "@holdfast/engine";
import { globalRole } from "@holdfast/policy";
import { isoTime, page } from "../page.ts";
import type { Access } from "./authorize.ts";
import {
  grantOf,
  grantsFootprint,
  grantsTable,
  loadGrants,
  loadRoles,
  roleGrant,
  roleGrantsFootprint,
  rolesFootprint,
} from "./store.ts";
import { insistWithinOwn } from "./within-own.ts";

/** The change that gives a role, once it is known that the giver holds all of it. */
export async function planGrant(
  access: Access,
  context: Context,
  actor: string,
  role: string,
): Promise<{ readonly change: Change; readonly writes: readonly string[] }> {
  const found = roleGrant(role, await loadRoles(context.reads, context.tenant));
  if (found === undefined) throw new Refusal("not_found", `There is no role ${role}.`);
  await insistWithinOwn(access, context, found);
  if (found.role === globalRole && !(await access.isGlobal(context.principal.actor, context.reads))) {
    throw new Refusal("forbidden", "Only a global administrator gives that role.");
  }
  context.reads.touch(rolesFootprint(context.tenant));
  const row = {
    tenant: context.tenant,
    actor,
    role: found.role,
    granted_at: context.now,
    granted_by: context.principal.actor,
  };
  return {
    change: { put: grantsTable, row, expect: 0 },
    writes: [grantsFootprint(actor), roleGrantsFootprint(context.tenant, found.role)],
  };
}

/** Who an actor is, for access: an opaque id that somebody else keeps. */
export type ActorExists = (context: Context, actor: string) => boolean | Promise<boolean>;

export function writeGrant(access: Access, actorExists: ActorExists) {
  return async (context: Context, input: Input): Promise<Plan> => {
    const [actor, role] = [input.body["actor"] as string, input.body["role"] as string];
    if (!(await actorExists(context, actor))) throw new Refusal("not_found", "There is no such actor in this tenant.");
    const { change, writes } = await planGrant(access, context, actor, role);
    const name = ("put" in change ? change.row["role"] : role) as string;
    const held = (await loadGrants(context.reads, actor)).find(
      (grant) => grant.role === name && grant.tenant === context.tenant,
    );
    if (held !== undefined) return { output: { actor, role: name, grantedAt: isoTime(held.grantedAt) }, status: 200 };
    return {
      output: { actor, role: name, grantedAt: isoTime(context.now) },
      status: 201,
      changes: [change],
      writes,
      facts: { actor, role: name },
    };
  };
}

const DEFAULT_LIMIT = 100;

export async function listGrants(context: Context, input: Input): Promise<Plan> {
  const [actor = "", role = ""] = ((input.query["after"] as string | undefined) ?? "").split(" ");
  const limit = (input.query["limit"] as number | undefined) ?? DEFAULT_LIMIT;
  const sql = "SELECT * FROM grants WHERE tenant = ? AND (actor, role) > (?, ?) ORDER BY actor, role LIMIT ?";
  const rows = (await context.reads.rows(grantsTable, sql, [context.tenant, actor, role, limit + 1])).map(grantOf);
  const found = page(rows, (grant) => `${grant.actor} ${grant.role}`, { limit });
  const items = found.items.map(({ actor, role, grantedAt }) => ({ actor, role, grantedAt: isoTime(grantedAt) }));
  return { output: { ...found, items } };
}

export function revokeGrant(access: Access) {
  return (context: Context, input: Input): Promise<Plan> => planRevocation(access, context, input);
}

async function planRevocation(access: Access, context: Context, input: Input): Promise<Plan> {
  const actor = input.body["actor"] as string;
  const role = roleGrant(input.body["role"] as string, new Map())?.role ?? (input.body["role"] as string);
  const held = (await loadGrants(context.reads, actor)).find(
    (grant) => grant.role === role && grant.tenant === context.tenant,
  );
  if (held === undefined) throw new Refusal("not_found", "This actor does not hold that role here.");
  if (role === globalRole) await insistOnAnotherGlobal(access, context, actor);
  return {
    output: { actor, role, revoked: true },
    changes: [{ delete: grantsTable, key: { tenant: context.tenant, actor, role }, expect: held.rev }],
    writes: [grantsFootprint(actor), roleGrantsFootprint(context.tenant, role)],
    facts: { actor, role },
  };
}

/** No door can make a global administrator from nothing, so whoever takes that role from another has to hold it too. */
async function insistOnAnotherGlobal(access: Access, { principal, reads }: Context, actor: string): Promise<void> {
  if (!(await access.isGlobal(principal.actor, reads))) {
    throw new Refusal("forbidden", "Only a global administrator takes that role away.");
  }
  if (principal.actor !== actor) return;
  throw new Refusal("conflict", "Nobody takes that role from themselves.", {
    hint: "Another global administrator can; there must always be one.",
  });
}
