import type { OperationDefinition } from "../definition.ts";
import * as field from "../fields.ts";
import * as shape from "../shapes.ts";

const needs = (action: string) => ({ resource: "tenant", path: "", action });
const output = { schema: field.named("KeyVersions", { items: field.list(shape.kekVersion, 10_000) }) };
const first = { version: 1, state: "active", createdAt: "2026-07-01T09:30:00.000Z", references: 12 };
const common = { program: "both", input: {}, output, success: [200], errors: [], entryResource: "key" } as const;

export const key: OperationDefinition[] = [
  {
    ...common,
    name: "key.list",
    title: "List key versions",
    description: "Versions of the tenant’s key-encryption key, newest first, with how many data keys each still wraps.",
    method: "GET",
    path: "/api/keys",
    permission: needs("read"),
    examples: [{ title: "List", input: {}, output: { items: [first] } }],
  },
  {
    ...common,
    name: "key.rotate",
    title: "Rotate the key",
    description:
      "Starts a new key version. Data keys move over when read and by a sweep; the old one ends with the last.",
    method: "POST",
    path: "/api/keys:rotate",
    permission: needs("rotate"),
    mutation: true,
    examples: [
      {
        title: "Rotate",
        input: {},
        output: {
          items: [
            { ...first, version: 2, references: 0 },
            { ...first, state: "retiring" },
          ],
        },
      },
    ],
  },
];
