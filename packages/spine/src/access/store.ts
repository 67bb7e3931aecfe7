import type { Reads, StoredRow, Table } from "@holdfast/engine";
import { builtInRole, defineRole, type Grant } from "@holdfast/policy";

export const rolesTable: Table = {
  name: "roles",
  columns: {
    tenant: "text",
    name: "text",
    permissions: "text",
    environments: "text?",
    description: "text?",
    created_at: "integer",
    updated_at: "integer",
  },
  key: ["tenant", "name"],
};

export const grantsTable: Table = {
  name: "grants",
  columns: { tenant: "text", actor: "text", role: "text", granted_at: "integer", granted_by: "text" },
  key: ["tenant", "actor", "role"],
  indexes: [["actor"]],
};

export const accessTables: readonly Table[] = [rolesTable, grantsTable];

/** A role of a tenant's own, as written. */
export interface StoredRole {
  readonly name: string;
  readonly permissions: readonly string[];
  readonly environments?: readonly string[];
  readonly description?: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly rev: number;
}

export interface StoredGrant {
  readonly tenant: string;
  readonly actor: string;
  readonly role: string;
  readonly grantedAt: number;
  readonly rev: number;
}

export const rolesFootprint = (tenant: string): string => `roles:${tenant}`;
export const grantsFootprint = (actor: string): string => `grants:${actor}`;

/** Written by every grant of a role, so that the role is not deleted under a grant that is on its way. */
export const roleGrantsFootprint = (tenant: string, role: string): string => `role-grants:${tenant}/${role}`;

export function loadRoles(
  reads: Reads,
  tenant: string,
): ReadonlyMap<string, StoredRole> | Promise<ReadonlyMap<string, StoredRole>> {
  return reads.cached(rolesFootprint(tenant), async () => {
    const rows = await reads.rows(rolesTable, "SELECT * FROM roles WHERE tenant = ? ORDER BY name", [tenant]);
    return new Map(rows.map((stored) => [stored.row["name"] as string, roleOf(stored)]));
  });
}

function roleOf({ row, rev }: StoredRow): StoredRole {
  return {
    name: row["name"] as string,
    permissions: JSON.parse(row["permissions"] as string) as readonly string[],
    ...(row["environments"] === null
      ? {}
      : { environments: JSON.parse(row["environments"] as string) as readonly string[] }),
    ...(row["description"] === null ? {} : { description: row["description"] as string }),
    createdAt: row["created_at"] as number,
    updatedAt: row["updated_at"] as number,
    rev,
  };
}

/** Grants of one actor in every tenant; the fence of the policy decides which of them may speak. */
export function loadGrants(reads: Reads, actor: string): readonly StoredGrant[] | Promise<readonly StoredGrant[]> {
  return reads.cached(grantsFootprint(actor), async () => {
    const rows = await reads.rows(grantsTable, "SELECT * FROM grants WHERE actor = ? ORDER BY tenant, role", [actor]);
    return rows.map(grantOf);
  });
}

export function grantOf({ row, rev }: StoredRow): StoredGrant {
  return {
    tenant: row["tenant"] as string,
    actor: row["actor"] as string,
    role: row["role"] as string,
    grantedAt: row["granted_at"] as number,
    rev,
  };
}

/** What a role name means in a tenant: built in, or the tenant's own; undefined when it means nothing. */
export function roleGrant(name: string, own: ReadonlyMap<string, StoredRole>): Grant | undefined {
  const builtIn = builtInRole(name);
  if (builtIn !== undefined) return builtIn;
  const stored = own.get(name);
  if (stored === undefined) return undefined;
  const defined = defineRole(stored);
  return defined.ok
    ? { role: name, permissions: defined.role.permissions, conditions: defined.role.conditions }
    : undefined;
}
