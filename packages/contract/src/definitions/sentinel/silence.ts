import type { OperationDefinition } from "../../definition.ts";
import * as field from "../../fields.ts";
import * as sentinel from "../../sentinel-fields.ts";
import * as shape from "../../sentinel-shapes.ts";
import * as example from "./examples.ts";

const { optional } = field;
const maxTtlSeconds = 30 * 24 * 60 * 60;
const needs = (action: string) => ({ resource: "audit", path: "", action });
const common = { program: "agent", path: "/api/silences", entryResource: "silence" } as const;

/** A silence keeps notifications back, never alerts, and always ends. */
export const silence: OperationDefinition[] = [
  {
    ...common,
    name: "silence.create",
    title: "Make a silence",
    description:
      "Nobody is told of the alerts that it names: those of a rule, those with a key, or those of a rule with a key. They are still raised and recorded.",
    method: "POST",
    permission: needs("write"),
    input: {
      body: {
        rule: optional(sentinel.rule("Rule whose alerts nobody is told of.")),
        dedupKey: optional(sentinel.dedupKey),
        ttlSeconds: field.integer(1, maxTtlSeconds, "How long it holds."),
        note: sentinel.reason,
      },
    },
    output: { schema: shape.silence },
    success: [201],
    errors: ["conflict"],
    mutation: true,
    examples: [
      {
        title: "For twelve hours",
        input: { rule: "exec-from-tmp", dedupKey: "/tmp/x", ttlSeconds: 43_200, note: example.silence.note },
        output: example.silence,
      },
    ],
  },
  {
    ...common,
    name: "silence.list",
    title: "List silences",
    description: "Silences that still hold, the one that ends first before the others.",
    method: "GET",
    permission: needs("list"),
    input: { query: { limit: optional(field.limit(1000)), after: optional(field.after) } },
    output: {
      schema: field.named("SilenceList", { items: field.list(shape.silence, 1000), next: optional(field.next) }),
    },
    success: [200],
    errors: [],
    examples: [{ title: "All", input: {}, output: { items: [example.silence] } }],
  },
  {
    ...common,
    name: "silence.delete",
    title: "End a silence",
    description: "Ends a silence before its time.",
    method: "DELETE",
    path: "/api/silences/{silence}",
    permission: needs("delete"),
    input: { params: { silence: sentinel.silence } },
    output: { schema: field.named("DeletedSilence", { silence: sentinel.silence, deleted: field.yes() }) },
    success: [200],
    errors: ["not_found"],
    mutation: true,
    examples: [
      {
        title: "End it",
        input: { silence: example.silence.id },
        output: { silence: example.silence.id, deleted: true },
      },
    ],
  },
];
