import { type Context, type Input, type Plan, Refusal } from "@holdfast/engine";
import { builtInRole } from "@holdfast/policy";
import { grantsTable, loadRoles, roleGrantsFootprint, rolesFootprint, rolesTable } from "./store.ts";

/** A role goes only when nobody holds it. */
export async function deleteRole(context: Context, input: Input): Promise<Plan> {
  const name = input.params["name"] as string;
  if (builtInRole(name) !== undefined) throw new Refusal("conflict", "This role is built in and cannot be deleted.");
  const role = (await loadRoles(context.reads, context.tenant)).get(name);
  if (role === undefined) throw new Refusal("not_found", "There is no such role.");
  await insistUngranted(context, name);
  return {
    output: { name, deleted: true },
    changes: [{ delete: rolesTable, key: { tenant: context.tenant, name }, expect: role.rev }],
    writes: [rolesFootprint(context.tenant)],
    facts: { role: name },
  };
}

/** A grant that outlived its role would come alive again, unseen, with the next role of that name. */
async function insistUngranted(context: Context, name: string): Promise<void> {
  context.reads.touch(roleGrantsFootprint(context.tenant, name));
  const sql = "SELECT * FROM grants WHERE tenant = ? AND role = ? LIMIT 1";
  const granted = await context.reads.rows(grantsTable, sql, [context.tenant, name]);
  if (granted.length === 0) return;
  throw new Refusal("conflict", "The role is still granted.", {
    hint: "Revoke its grants first; `holdfast role list` and GET /api/grants show them.",
  });
}
