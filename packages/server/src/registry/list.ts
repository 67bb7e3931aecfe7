import type { Context, Input, Plan } from "@holdfast/engine";
import { pageOf } from "./page.ts";
import type { Registry } from "./registry.ts";
import type { Kind } from "./store.ts";
import type { Shown } from "./walk.ts";

/** `K.list`: what lies in a folder; all keys below it when recursive. */
export async function list({ keyring }: Registry, kind: Kind, context: Context, input: Input): Promise<Plan> {
  const isRecursive = input.query["recursive"] === true;
  const how = isRecursive ? { depth: Infinity, hasFolders: false } : { depth: 1, hasFolders: true };
  const { folder, items, next } = await pageOf(keyring.cursors, context, input, { kinds: [kind], ...how });
  return {
    output: { items: items.map(listed), ...(next !== undefined && { next }) },
    facts: { prefix: folder, shown: items.length },
  };
}

function listed({ path, kind, node }: Shown) {
  if (node === undefined || kind === "directory") return { key: `${path}/`, kind };
  return { key: path, kind, version: node.latest, updatedAt: new Date(node.updatedAt).toISOString() };
}
