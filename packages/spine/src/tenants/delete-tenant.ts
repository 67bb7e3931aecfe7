import { type Context, type Input, type Plan, Refusal } from "@holdfast/engine";
import { loadTenants, tenantsFootprint, tenantsTable } from "./store.ts";

/**
 * The tenant's name becomes free, its id never: credentials and values of the deleted tenant stay bound to the id and
 * find nothing under a later tenant of the same name (ATTACKS 5).
 */
export async function deleteTenant(context: Context, input: Input): Promise<Plan> {
  const name = input.params["name"] as string;
  const tenant = (await loadTenants(context.reads)).byName.get(name);
  if (tenant === undefined) throw new Refusal("not_found", "There is no such tenant.");
  if (tenant.id === context.principal.tenant) {
    throw new Refusal("conflict", "This is the tenant of the credential in use.", {
      hint: "Delete it with a credential of another tenant.",
    });
  }
  const row = { id: tenant.id, name, state: "deleted", created_at: tenant.createdAt, deleted_at: context.now };
  return {
    output: { id: tenant.id, name, deleted: true },
    changes: [{ put: tenantsTable, row, expect: tenant.rev }],
    writes: [tenantsFootprint],
    resource: `tenant:${tenant.id}`,
    facts: { name },
  };
}
