import type { Context, Input, Plan } from "@holdfast/engine";
import { pageOf } from "./page.ts";
import { environmentOf, type Registry } from "./registry.ts";

const MAX_DEPTH = 32;

/** `registry.tree`: keys of both kinds and their folders, depth first. */
export async function tree({ keyring }: Registry, context: Context, input: Input): Promise<Plan> {
  const depth = (input.query["depth"] as number | undefined) ?? MAX_DEPTH;
  const how = { kinds: ["config", "secret"] as const, depth, hasFolders: true };
  const { folder, items, next } = await pageOf(keyring.cursors, context, input, how);
  const shown = [];
  for (const { path, kind, node } of items) {
    const environment = await environmentOf(context.reads, context.tenant, path);
    const isKey = node !== undefined && kind !== "directory";
    shown.push({
      path,
      kind,
      ...(isKey && { version: node.latest }),
      ...(environment !== undefined && { environment }),
    });
  }
  return {
    output: { items: shown, ...(next !== undefined && { next }) },
    resource: context.operation.entryResource,
    facts: { prefix: folder, shown: items.length },
  };
}
