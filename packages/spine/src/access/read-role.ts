import { type Context, type Input, type Plan, Refusal } from "@holdfast/engine";
import { type BuiltInRole, builtInRole, builtInRoles, formatPermission } from "@holdfast/policy";
import { isoTime, page } from "../page.ts";
import { loadRoles, type StoredRole } from "./store.ts";

export async function readRole(context: Context, input: Input): Promise<Plan> {
  const name = input.params["name"] as string;
  const builtIn = builtInRole(name);
  const own = (await loadRoles(context.reads, context.tenant)).get(name);
  if (builtIn !== undefined) return { output: viewBuiltIn(builtIn), facts: { role: name } };
  if (own === undefined) throw new Refusal("not_found", "There is no such role.");
  return { output: viewOwn(own), facts: { role: name } };
}

/** Built-in roles and the tenant's own, in one order by name. */
export async function listRoles(context: Context, input: Input): Promise<Plan> {
  const own = [...(await loadRoles(context.reads, context.tenant)).values()].map(viewOwn);
  const all = [...builtInRoles.map(viewBuiltIn), ...own].sort((left, right) => (left.name < right.name ? -1 : 1));
  return { output: page(all, (role) => role.name, input.query) };
}

function viewBuiltIn(role: BuiltInRole) {
  const [condition] = role.conditions;
  return {
    name: role.role,
    description: role.description,
    permissions: role.permissions.map(formatPermission),
    ...(condition === undefined ? {} : { environments: condition.oneOf }),
    builtIn: true,
  };
}

function viewOwn({ name, permissions, environments, description, updatedAt, rev }: StoredRole) {
  return {
    name,
    permissions,
    ...(environments === undefined ? {} : { environments }),
    ...(description === undefined ? {} : { description }),
    builtIn: false,
    version: rev,
    updatedAt: isoTime(updatedAt),
  };
}
