import { type Context, type Input, type Plan, Refusal } from "@holdfast/engine";
import { builtInRole, defineRole, type RoleText } from "@holdfast/policy";
import { isoTime } from "../page.ts";
import type { Access } from "./authorize.ts";
import { loadRoles, rolesFootprint, rolesTable } from "./store.ts";
import { insistWithinOwn } from "./within-own.ts";

export function writeRole(access: Access) {
  return async (context: Context, input: Input): Promise<Plan> => {
    const text = input.body as unknown as RoleText & { readonly description?: string };
    const role = definedRole(text);
    await insistWithinOwn(access, context, role);
    const current = (await loadRoles(context.reads, context.tenant)).get(text.name);
    const row = {
      tenant: context.tenant,
      name: text.name,
      permissions: JSON.stringify(text.permissions),
      environments: text.environments === undefined ? null : JSON.stringify(text.environments),
      description: text.description ?? null,
      created_at: current?.createdAt ?? context.now,
      updated_at: context.now,
    };
    const version = (current?.rev ?? 0) + 1;
    return {
      output: { ...text, builtIn: false, version, updatedAt: isoTime(context.now) },
      status: current === undefined ? 201 : 200,
      changes: [{ put: rolesTable, row, expect: current?.rev ?? 0 }],
      writes: [rolesFootprint(context.tenant)],
      facts: { role: text.name, permissions: text.permissions, environments: text.environments },
    };
  };
}

function definedRole(text: RoleText) {
  if (builtInRole(text.name) !== undefined)
    throw new Refusal("conflict", "This role is built in and cannot be changed.");
  const defined = defineRole(text);
  if (defined.ok) return defined.role;
  const [first] = defined.problems;
  throw new Refusal("invalid_input", first?.problem ?? "The role is not valid.", {
    ...(first?.hint === undefined ? {} : { hint: first.hint }),
    errors: defined.problems.map(({ pointer, problem }) => ({ pointer: `/body${pointer}`, message: problem })),
  });
}
