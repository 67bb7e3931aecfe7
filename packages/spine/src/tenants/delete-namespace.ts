import { type Context, type Input, type Plan, Refusal } from "@holdfast/engine";
import { loadNamespaces, namespacesFootprint, namespacesTable } from "./store.ts";

export async function deleteNamespace(context: Context, input: Input): Promise<Plan> {
  const path = input.params["path"] as string;
  const found = (await loadNamespaces(context.reads, context.tenant)).get(path);
  if (found === undefined) throw new Refusal("not_found", "This path has no environment of its own.");
  return {
    output: { path, removed: true },
    changes: [{ delete: namespacesTable, key: { tenant: context.tenant, path }, expect: found.rev }],
    writes: [namespacesFootprint(context.tenant)],
    facts: { path },
  };
}
