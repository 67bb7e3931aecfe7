import type { OperationDefinition } from "../definition.ts";
import * as field from "../fields.ts";
import * as shape from "../shapes.ts";

const { optional } = field;
const needs = (action: string) => ({ resource: "policy", path: "", action });
const body = { actor: field.actor, role: field.name("Role.") };
const pair = { actor: "ac_4q7z3m5xk2c6h6t7w2n3b5d4fe", role: "shop-reader" };
const granted = { ...pair, grantedAt: "2026-07-01T09:30:00.000Z" };
const common = { program: "both", path: "/api/grants", success: [200], entryResource: "grant" } as const;

export const grant: OperationDefinition[] = [
  {
    ...common,
    name: "grant.write",
    title: "Grant a role",
    description: "Gives an actor a role that does not exceed your own permissions. 201 when it is new.",
    method: "POST",
    permission: needs("write"),
    input: { body },
    output: { schema: shape.grant },
    success: [200, 201],
    errors: ["not_found"],
    mutation: true,
    examples: [{ title: "Grant", input: pair, output: granted }],
  },
  {
    ...common,
    name: "grant.list",
    title: "List grants",
    description: "Who holds which role.",
    method: "GET",
    permission: needs("list"),
    input: { query: { limit: optional(field.limit(1000)), after: optional(field.after) } },
    output: { schema: field.named("GrantList", { items: field.list(shape.grant, 1000), next: optional(field.next) }) },
    errors: [],
    examples: [{ title: "All", input: {}, output: { items: [granted] } }],
  },
  {
    ...common,
    name: "grant.revoke",
    title: "Revoke a grant",
    description: "Takes a role from an actor; it holds from the next request.",
    method: "POST",
    path: "/api/grants:revoke",
    permission: needs("delete"),
    input: { body },
    output: { schema: field.named("RevokedGrant", { ...body, revoked: field.yes() }) },
    errors: ["not_found", "conflict"],
    mutation: true,
    examples: [{ title: "Revoke", input: pair, output: { ...pair, revoked: true } }],
  },
];
