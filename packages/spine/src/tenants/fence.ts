import { type Principal, type Reads, Refusal } from "@holdfast/engine";
import { loadTenants, type Tenants } from "./store.ts";

/** One refusal for a tenant that does not exist and one that is not the caller's: it must not tell which (ATTACKS 11). */
function notHere(): Refusal {
  return new Refusal("forbidden", "This actor may not act in that tenant.");
}

/**
 * Step 1 of a decision: a call acts in the tenant of its credential, or in the one it names when the principal may act
 * in every tenant. A name is resolved to its random id once; rules never see names (ATTACKS 2, 5).
 */
export async function admitToTenant(
  principal: Principal,
  named: string | undefined,
  isGlobal: () => boolean | Promise<boolean>,
  reads: Reads,
): Promise<string> {
  const tenants = await loadTenants(reads);
  if (tenants.byId.get(principal.tenant)?.state === "deleted") throw notHere();
  if (named === undefined) return principal.tenant;
  const tenant = resolve(tenants, named);
  if (tenant === principal.tenant) return tenant;
  if (tenant === undefined || !(await isGlobal())) throw notHere();
  return tenant;
}

function resolve(tenants: Tenants, named: string): string | undefined {
  const tenant = tenants.byName.get(named) ?? tenants.byId.get(named);
  return tenant?.state === "active" ? tenant.id : undefined;
}
