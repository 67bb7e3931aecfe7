import type { OperationDefinition } from "../definition.ts";
import * as field from "../fields.ts";
import * as shape from "../shapes.ts";

const { optional } = field;
const needs = (action: string) => ({ resource: "policy", path: "", action });
const common = { program: "both", entryResource: "token", success: [200] } as const;
const which = {
  body: { token: optional(field.token), accessor: optional(field.accessor) },
  exactlyOne: true,
} as const;
const accessor = "tk_a2b3c4d5e6f7g2h3i4j5k6l7m2";
const info = {
  credential: "token",
  accessor,
  actor: "ac_4q7z3m5xk2c6h6t7w2n3b5d4fe",
  name: "deploy",
  roles: ["viewer"],
  createdAt: "2026-07-01T09:30:00.000Z",
  expiresAt: "2026-07-01T10:30:00.000Z",
  usesLeft: 5,
};
const { credential: _, ...created } = info;

export const token: OperationDefinition[] = [
  {
    ...common,
    name: "token.create",
    title: "Make a token",
    description:
      "Makes a token of a new actor with the given roles, none of which may exceed your own. Shown only now.",
    method: "POST",
    path: "/api/tokens",
    permission: needs("write"),
    input: {
      body: {
        name: optional(field.name("For people; says what it is used for.")),
        roles: optional(field.list(field.name("Role."), 64, { uniqueItems: true })),
        ttlSeconds: optional(field.integer(1, 315_360_000, "Life in seconds; unlimited when left out.")),
        uses: optional(field.integer(1, 1_000_000_000, "Requests it is good for; unlimited when left out.")),
      },
    },
    output: { schema: shape.createdToken },
    success: [201],
    errors: ["not_found"],
    mutation: true,
    examples: [
      {
        title: "An hour, five uses",
        input: { name: "deploy", roles: ["viewer"], ttlSeconds: 3600, uses: 5 },
        output: { token: "hft_EXAMPLE-not-a-real-token-EXAMPLE-not-a-real", ...created },
      },
    ],
  },
  {
    ...common,
    name: "token.list",
    title: "List tokens",
    description: "Tokens that are still good, oldest first, without their power.",
    method: "GET",
    path: "/api/tokens",
    permission: needs("list"),
    input: { query: { limit: optional(field.limit(1000)), after: optional(field.after) } },
    output: {
      schema: field.named("TokenList", { items: field.list(shape.tokenInfo, 1000), next: optional(field.next) }),
    },
    errors: [],
    examples: [{ title: "The first page", input: { limit: 50 }, output: { items: [info] } }],
  },
  {
    ...common,
    name: "token.lookup",
    title: "Look up a token",
    description: "What a token is and may do, by the token itself or by its accessor.",
    method: "POST",
    path: "/api/tokens:lookup",
    permission: needs("read"),
    input: which,
    output: { schema: shape.tokenInfo },
    errors: ["not_found"],
    examples: [{ title: "By accessor", input: { accessor }, output: info }],
  },
  {
    ...common,
    name: "token.self",
    title: "Who am I",
    description: "The token of this call, or the peer identity of the socket.",
    method: "GET",
    path: "/api/tokens/self",
    permission: null,
    input: {},
    output: { schema: shape.tokenInfo },
    errors: [],
    examples: [
      {
        title: "On the local socket",
        input: {},
        output: { credential: "peer", actor: info.actor, roles: ["global-admin"] },
      },
    ],
  },
  {
    ...common,
    name: "token.revoke",
    title: "Revoke a token",
    description: "Ends a token at once, by the token itself or by its accessor.",
    method: "POST",
    path: "/api/tokens:revoke",
    permission: needs("delete"),
    input: which,
    output: { schema: shape.revokedToken },
    errors: ["not_found"],
    mutation: true,
    examples: [{ title: "By accessor", input: { accessor }, output: { accessor, revoked: true } }],
  },
  {
    ...common,
    name: "token.revoke-self",
    title: "Revoke my token",
    description: "Ends the token of this call. A peer identity has no token to end.",
    method: "POST",
    path: "/api/tokens/self:revoke",
    permission: null,
    input: {},
    output: { schema: shape.revokedToken },
    errors: ["not_found"],
    mutation: true,
    examples: [{ title: "When done", input: {}, output: { accessor, revoked: true } }],
  },
];
