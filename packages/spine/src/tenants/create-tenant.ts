import { newId } from "@holdfast/kernel/id";
import { type Change, type Context, type Input, type Plan, Refusal } from "@holdfast/engine";
import { random } from "@holdfast/engine/crypto";
import { loadTenants, tenantsFootprint, tenantsTable } from "./store.ts";

/** Names that people might believe to have powers; the id is what counts, but nobody shall be misled (ATTACKS 2). */
const RESERVED = new Set(["root", "default", "system", "global", "admin", "all", "any", "none", "self"]);

/** What later slices add to a new tenant, in the same transaction: its first KEK, its standing tree. */
export type Furnish = (
  tenant: string,
  now: number,
) => { readonly changes: readonly Change[]; readonly writes: readonly string[] };

export function createTenant(furnish: Furnish) {
  return async (context: Context, input: Input): Promise<Plan> => {
    const name = input.body["name"] as string;
    if (RESERVED.has(name)) {
      throw new Refusal("invalid_input", "This tenant name is reserved.", {
        errors: [{ pointer: "/body/name", message: "is reserved" }],
      });
    }
    const tenants = await loadTenants(context.reads);
    if (tenants.byName.has(name)) throw new Refusal("already_exists", "A tenant of this name exists.");
    const { id, change } = newTenant(name, "active", context.now);
    const furniture = furnish(id, context.now);
    return {
      output: { id, name, createdAt: new Date(context.now).toISOString() },
      status: 201,
      changes: [change, ...furniture.changes],
      writes: [tenantsFootprint, ...furniture.writes],
      resource: `tenant:${id}`,
      facts: { name },
    };
  };
}

/** A tenant's row under a fresh random id, which is never used again. */
export function newTenant(name: string, state: "active" | "system", now: number): { id: string; change: Change } {
  const id = newId("tn", random(16));
  return { id, change: { put: tenantsTable, row: { id, name, state, created_at: now, deleted_at: null }, expect: 0 } };
}
