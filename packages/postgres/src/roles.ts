import { StorageFault } from "@holdfast/engine";
import type pg from "pg";
import { inTransaction } from "./query.ts";

/**
 * What a node does with each system table. Nothing deletes or changes an entry; checkpoints are deleted only where
 * their trigger allows it; nobody but the owner truncates, alters, or takes triggers away.
 */
const SYSTEM_RIGHTS: Readonly<Record<string, string>> = {
  schema_version: "SELECT",
  entries: "SELECT, INSERT",
  head: "SELECT, INSERT, UPDATE",
  tiles: "SELECT, INSERT, UPDATE",
  checkpoints: "SELECT, INSERT, DELETE",
  batches: "SELECT, INSERT, DELETE",
  leases: "SELECT, INSERT, UPDATE, DELETE",
};

/** Every table that no slice declares. */
export const SYSTEM_TABLES: readonly string[] = Object.keys(SYSTEM_RIGHTS);

const DECLARED_RIGHTS = "SELECT, INSERT, UPDATE, DELETE";

/**
 * Gives an existing role what a node needs to run and takes from it whatever else it was given here. Refuses a role that
 * owns the tables or is a superuser: grants do not bind it.
 */
export async function grantRuntime(client: pg.ClientBase, role: string): Promise<void> {
  await checkRole(client, role);
  const name = client.escapeIdentifier(role);
  const declared = await declaredTables(client);
  const rights = [...Object.entries(SYSTEM_RIGHTS), ...declared.map((table) => [table, DECLARED_RIGHTS] as const)];
  await inTransaction(client, () =>
    client.query(
      [
        `REVOKE ALL ON SCHEMA holdfast FROM ${name}`,
        `REVOKE ALL ON ALL TABLES IN SCHEMA holdfast FROM ${name}`,
        `REVOKE ALL ON ALL FUNCTIONS IN SCHEMA holdfast FROM ${name}`,
        `GRANT USAGE ON SCHEMA holdfast TO ${name}`,
        ...rights.map(([table, given]) => `GRANT ${given} ON holdfast.${client.escapeIdentifier(table)} TO ${name}`),
        `GRANT EXECUTE ON FUNCTION holdfast.ensure_partition(date) TO ${name}`,
      ].join(";\n"),
    ),
  );
}

async function checkRole(client: pg.ClientBase, role: string): Promise<void> {
  const { rows } = await client.query<{ isAbove: boolean }>(
    `SELECT r.rolsuper OR pg_has_role(r.oid, c.relowner, 'MEMBER') AS "isAbove"
     FROM pg_roles r, pg_class c WHERE r.rolname = $1 AND c.oid = 'holdfast.entries'::regclass`,
    [role],
  );
  const [found] = rows;
  if (found === undefined) throw new StorageFault("database_unreadable", `The database has no role ${role}.`);
  if (!found.isAbove) return;
  throw new StorageFault("database_unreadable", `Role ${role} owns the ledger's tables or is above their owner.`);
}

async function declaredTables(client: pg.ClientBase): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'holdfast'::regnamespace AND relkind = 'r'
       AND NOT relispartition ORDER BY relname`,
  );
  return rows.map(({ name }) => name).filter((name) => !SYSTEM_TABLES.includes(name));
}

/** Roles, other than the owner, that may append entries: those that `grantRuntime` was called for. */
export async function runtimeRoles(client: pg.ClientBase): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT r.rolname AS name FROM pg_class c, aclexplode(c.relacl) AS a JOIN pg_roles r ON r.oid = a.grantee
     WHERE c.oid = 'holdfast.entries'::regclass AND a.privilege_type = 'INSERT' AND a.grantee <> c.relowner
     ORDER BY r.rolname`,
  );
  return rows.map(({ name }) => name);
}
