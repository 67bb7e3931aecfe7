import type { OperationDefinition } from "../definition.ts";
import * as field from "../fields.ts";
import * as shape from "../shapes.ts";

const { optional } = field;
const name = field.name("Name of the tenant.");
const needs = (action: string, path = "name") => ({ resource: "tenant", path, action });
const acme = { id: "tn_b3d5f7h2j4l6n3p5r7t2v4x6z3", name: "acme", createdAt: "2026-07-01T09:30:00.000Z" };
const common = { scope: "global", path: "/api/tenants", success: [200], entryResource: "tenant" } as const;

export const tenant: OperationDefinition[] = [
  {
    ...common,
    name: "tenant.create",
    title: "Create a tenant",
    description: "Makes a tenant with keys of its own. Its id is random and never used again.",
    method: "POST",
    permission: needs("write"),
    input: { body: { name } },
    output: { schema: shape.tenant },
    success: [201],
    errors: ["already_exists"],
    mutation: true,
    examples: [{ title: "Create", input: { name: "acme" }, output: acme }],
  },
  {
    ...common,
    name: "tenant.list",
    title: "List tenants",
    description: "All tenants, by name.",
    method: "GET",
    permission: needs("list", ""),
    input: { query: { limit: optional(field.limit(1000)), after: optional(field.after) } },
    output: {
      schema: field.named("TenantList", { items: field.list(shape.tenant, 1000), next: optional(field.next) }),
    },
    errors: [],
    examples: [{ title: "All", input: {}, output: { items: [acme] } }],
  },
  {
    ...common,
    name: "tenant.delete",
    title: "Delete a tenant",
    description:
      "Ends a tenant: its tokens and grants are not believed any more and nothing of it can be read. A tenant of the same name later is another one.",
    method: "DELETE",
    path: "/api/tenants/{name}",
    permission: needs("delete"),
    input: { params: { name } },
    output: {
      schema: field.named("DeletedTenant", { id: shape.tenant.properties["id"]!, name, deleted: field.yes() }),
    },
    errors: ["not_found", "conflict"],
    mutation: true,
    examples: [{ title: "Delete", input: { name: "acme" }, output: { id: acme.id, name: "acme", deleted: true } }],
  },
];
