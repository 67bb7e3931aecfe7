import { type Context, type Input, type Plan, Refusal } from "@holdfast/engine";
import { loadNamespaces, namespacesFootprint, namespacesTable } from "./store.ts";

export async function writeNamespace(context: Context, input: Input): Promise<Plan> {
  const path = input.params["path"] as string;
  const environment = input.body["environment"] as string;
  const current = (await loadNamespaces(context.reads, context.tenant)).get(path);
  const cas = input.body["cas"] as number | undefined;
  if (cas !== undefined && cas !== (current?.rev ?? 0)) {
    throw new Refusal("version_mismatch", `The namespace is at version ${current?.rev ?? 0}.`);
  }
  const createdAt = current?.createdAt ?? context.now;
  const row = { tenant: context.tenant, path, environment, created_at: createdAt, updated_at: context.now };
  const version = (current?.rev ?? 0) + 1;
  return {
    output: { path, environment, version },
    status: current === undefined ? 201 : 200,
    changes: [{ put: namespacesTable, row, expect: current?.rev ?? 0 }],
    writes: [namespacesFootprint(context.tenant)],
    facts: { path, environment },
  };
}
