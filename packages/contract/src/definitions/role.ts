import type { OperationDefinition } from "../definition.ts";
import * as field from "../fields.ts";
import * as shape from "../shapes.ts";

const { optional } = field;
const name = field.name("Name of the role.");
const needs = (action: string, path = "name") => ({ resource: "policy", path, action });
const common = { program: "both", success: [200], entryResource: "role" } as const;
const one = { ...common, path: "/api/roles/{name}", aliases: ["/roles/{name}"] } as const;
const all = { ...common, path: "/api/roles", aliases: ["/roles"] } as const;
const reader = {
  name: "shop-reader",
  permissions: ["secret:applications/shop/**:read", "config:applications/shop/**:read"],
  environments: ["production"],
  description: "Reads what the shop needs.",
};
const stored = { ...reader, builtIn: false, version: 1, updatedAt: "2026-07-01T09:30:00.000Z" };

export const role: OperationDefinition[] = [
  {
    ...all,
    name: "role.write",
    title: "Write a role",
    description: "Creates a role or replaces it; it cannot grant what you do not hold. 201 when it is new.",
    method: "POST",
    permission: needs("write"),
    input: {
      body: {
        name,
        permissions: field.list(field.permission, 1000, { uniqueItems: true }),
        environments: optional(field.list(field.name("Environment it holds in."), 32, { uniqueItems: true })),
        description: optional(field.storedText(1024, "What the role is for.")),
      },
    },
    output: { schema: shape.role },
    success: [200, 201],
    errors: [],
    mutation: true,
    examples: [{ title: "A reader", input: reader, output: stored }],
  },
  {
    ...all,
    name: "role.list",
    title: "List roles",
    description: "Roles of the tenant and those that come with Holdfast, by name.",
    method: "GET",
    permission: needs("list", ""),
    input: { query: { limit: optional(field.limit(1000)), after: optional(field.after) } },
    output: { schema: field.named("RoleList", { items: field.list(shape.role, 1000), next: optional(field.next) }) },
    errors: [],
    examples: [{ title: "All", input: {}, output: { items: [stored] } }],
  },
  {
    ...one,
    name: "role.read",
    title: "Read a role",
    description: "One role with its permissions.",
    method: "GET",
    permission: needs("read"),
    input: { params: { name } },
    output: { schema: shape.role },
    errors: ["not_found"],
    examples: [{ title: "One role", input: { name: reader.name }, output: stored }],
  },
  {
    ...one,
    name: "role.delete",
    title: "Delete a role",
    description: "Ends a role and every grant of it. Those that come with Holdfast stay.",
    method: "DELETE",
    permission: needs("delete"),
    input: { params: { name } },
    output: { schema: field.named("DeletedRole", { name, deleted: field.yes() }) },
    errors: ["not_found", "conflict"],
    mutation: true,
    examples: [{ title: "Delete", input: { name: reader.name }, output: { name: reader.name, deleted: true } }],
  },
];
