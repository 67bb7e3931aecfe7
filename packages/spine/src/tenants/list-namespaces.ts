import { isWithin } from "@holdfast/kernel/paths";
import type { Context, Input, Plan } from "@holdfast/engine";
import { page } from "../page.ts";
import { loadNamespaces, type Namespace } from "./store.ts";

export async function listNamespaces(context: Context, input: Input): Promise<Plan> {
  const prefix = (input.query["prefix"] as string | undefined) ?? "";
  const visible: Namespace[] = [];
  for (const namespace of (await loadNamespaces(context.reads, context.tenant)).values()) {
    if (!isWithin(prefix, namespace.path)) continue;
    const decision = await context.decide({ resource: "namespace", path: namespace.path, action: "list" });
    if (decision.allowed) visible.push(namespace);
  }
  visible.sort((left, right) => (left.path < right.path ? -1 : 1));
  const found = page(visible, (namespace) => namespace.path, input.query);
  const items = found.items.map(({ path, environment, rev }) => ({ path, environment, version: rev }));
  return { output: { ...found, items }, facts: { prefix } };
}
