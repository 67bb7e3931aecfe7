import { parentOf } from "@holdfast/kernel/paths";
import type { Reads, StoredRow, Table } from "@holdfast/engine";

export const tenantsTable: Table = {
  name: "tenants",
  columns: { id: "text", name: "text", state: "text", created_at: "integer", deleted_at: "integer?" },
  key: ["id"],
};

export const namespacesTable: Table = {
  name: "namespaces",
  columns: { tenant: "text", path: "text", environment: "text", created_at: "integer", updated_at: "integer" },
  key: ["tenant", "path"],
};

export const tenantsTables: readonly Table[] = [tenantsTable, namespacesTable];

export interface Tenant {
  readonly id: string;
  readonly name: string;
  /** `system` holds what belongs to no tenant; no call can act in it. */
  readonly state: "active" | "system" | "deleted";
  readonly createdAt: number;
  readonly rev: number;
}

/** Tenants by id and, when active, by name; few enough to be held whole. */
export interface Tenants {
  readonly byId: ReadonlyMap<string, Tenant>;
  readonly byName: ReadonlyMap<string, Tenant>;
}

export const tenantsFootprint = "tenants";

export function loadTenants(reads: Reads): Tenants | Promise<Tenants> {
  return reads.cached(tenantsFootprint, async () => {
    const rows = await reads.rows(tenantsTable, "SELECT * FROM tenants", []);
    const all = rows.map(tenantOf);
    return {
      byId: new Map(all.map((tenant) => [tenant.id, tenant])),
      byName: new Map(all.filter((tenant) => tenant.state === "active").map((tenant) => [tenant.name, tenant])),
    };
  });
}

function tenantOf({ row, rev }: StoredRow): Tenant {
  return {
    id: row["id"] as string,
    name: row["name"] as string,
    state: row["state"] as Tenant["state"],
    createdAt: row["created_at"] as number,
    rev,
  };
}

export interface Namespace {
  readonly path: string;
  readonly environment: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly rev: number;
}

export const namespacesFootprint = (tenant: string): string => `namespaces:${tenant}`;

/** All namespaces of a tenant by path; every decision about a path asks for its environment. */
export function loadNamespaces(
  reads: Reads,
  tenant: string,
): ReadonlyMap<string, Namespace> | Promise<ReadonlyMap<string, Namespace>> {
  return reads.cached(namespacesFootprint(tenant), async () => {
    const rows = await reads.rows(namespacesTable, "SELECT * FROM namespaces WHERE tenant = ? ORDER BY path", [tenant]);
    return new Map(rows.map((stored) => [stored.row["path"] as string, namespaceOf(stored)]));
  });
}

function namespaceOf({ row, rev }: StoredRow): Namespace {
  return {
    path: row["path"] as string,
    environment: row["environment"] as string,
    createdAt: row["created_at"] as number,
    updatedAt: row["updated_at"] as number,
    rev,
  };
}

/** The namespace whose environment a path has: its own, or the nearest above it. */
export function namespaceOfPath(namespaces: ReadonlyMap<string, Namespace>, path: string): Namespace | undefined {
  if (namespaces.size === 0) return undefined;
  for (let at = path; at !== ""; at = parentOf(at)) {
    const found = namespaces.get(at);
    if (found !== undefined) return found;
  }
  return undefined;
}
