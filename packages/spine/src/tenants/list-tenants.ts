import type { Context, Input, Plan } from "@holdfast/engine";
import { isoTime, page } from "../page.ts";
import { loadTenants } from "./store.ts";

export async function listTenants(context: Context, input: Input): Promise<Plan> {
  const tenants = await loadTenants(context.reads);
  const sorted = [...tenants.byName.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
  const found = page(sorted, (tenant) => tenant.name, input.query);
  const items = found.items.map(({ id, name, createdAt }) => ({ id, name, createdAt: isoTime(createdAt) }));
  return { output: { ...found, items } };
}
