import type { Reads } from "@holdfast/engine";
import { isSweepDue } from "../keyring/index.ts";
import { loadTenants } from "../tenants/index.ts";

/** What the server's duties ask about tenants. */
export interface TenantDuties {
  readonly tenants: () => Promise<readonly string[]>;
  /** Whether old KEKs of the tenant still wrap something. */
  readonly isSweepDue: (tenant: string) => Promise<boolean>;
}

export function tenantDuties(reads: () => Reads): TenantDuties {
  return {
    tenants: async () => [...(await loadTenants(reads())).byId.values()].filter(({ state }) => state !== "deleted").map(({ id }) => id),
    isSweepDue: async (tenant) => isSweepDue(reads(), tenant),
  };
}
