import { type Context, type Input, type Plan, Refusal } from "@holdfast/engine";
import { loadNamespaces, namespaceOfPath } from "./store.ts";

/** The environment of a path and where it comes from; a path without any is not found. */
export async function readNamespace(context: Context, input: Input): Promise<Plan> {
  const path = input.params["path"] as string;
  const namespaces = await loadNamespaces(context.reads, context.tenant);
  const found = namespaceOfPath(namespaces, path);
  if (found === undefined) throw new Refusal("not_found", "Neither this path nor one above it has an environment.");
  const inherited = found.path === path ? {} : { inheritedFrom: found.path };
  const { environment, rev } = found;
  return {
    output: { path, environment, version: rev, ...inherited },
    facts: { path },
  };
}
