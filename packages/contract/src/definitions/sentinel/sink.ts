import type { OperationDefinition } from "../../definition.ts";
import * as field from "../../fields.ts";
import * as sentinel from "../../sentinel-fields.ts";
import * as shape from "../../sentinel-shapes.ts";
import * as example from "./examples.ts";

const { optional } = field;
const needs = (action: string) => ({ resource: "audit", path: "", action });
const sinks = { program: "agent", success: [200], errors: [], entryResource: "sink" } as const;
const letters = { program: "agent", success: [200], errors: [], entryResource: "letter" } as const;
const chosen = {
  ids: optional(field.list(sentinel.letter, 1000, { uniqueItems: true, minItems: 1 })),
  sink: optional(sentinel.sink),
};

export const sink: OperationDefinition[] = [
  {
    ...sinks,
    name: "sink.list",
    title: "List sinks",
    description: "Where notifications go, and how each of these places does.",
    method: "GET",
    path: "/api/sinks",
    permission: needs("list"),
    input: {},
    output: { schema: field.named("SinkList", { items: field.list(shape.sink, 64) }) },
    examples: [{ title: "All", input: {}, output: { items: [example.sink] } }],
  },
  {
    ...sinks,
    name: "sink.test",
    title: "Test a sink",
    description: "Sends a notification that says it is a test, once, and says what came of it.",
    method: "POST",
    path: "/api/sinks/{sink}:test",
    permission: needs("write"),
    input: { params: { sink: sentinel.sink } },
    output: { schema: shape.sinkTest },
    errors: ["not_found"],
    examples: [
      {
        title: "Does it arrive?",
        input: { sink: "on-call" },
        output: { sink: "on-call", delivered: true, detail: "answered 204", durationMs: 41.5 },
      },
    ],
  },
  {
    ...sinks,
    name: "sink.check",
    title: "Check a sink",
    description:
      "Goes as far as can be gone without sending anything: address, certificate, login. What the other side makes of a message, sink.test shows.",
    method: "POST",
    path: "/api/sinks/{sink}:check",
    permission: needs("write"),
    input: { params: { sink: sentinel.sink } },
    output: { schema: shape.sinkCheck },
    errors: ["not_found"],
    examples: [
      {
        title: "Is it there?",
        input: { sink: "on-call" },
        output: { sink: "on-call", healthy: true, detail: "connected", durationMs: 12.5 },
      },
    ],
  },
  {
    ...letters,
    name: "dead-letter.list",
    title: "List dead letters",
    description: "Notifications that were given up, oldest first.",
    method: "GET",
    path: "/api/dead-letters",
    permission: needs("list"),
    input: {
      query: { sink: optional(sentinel.sink), limit: optional(field.limit(1000)), after: optional(field.after) },
    },
    output: {
      schema: field.named("DeadLetterList", { items: field.list(shape.deadLetter, 1000), next: optional(field.next) }),
    },
    examples: [{ title: "All", input: {}, output: { items: [example.deadLetter] } }],
  },
  {
    ...letters,
    name: "dead-letter.retry",
    title: "Retry dead letters",
    description: "Queues notifications again that were given up: those with these ids, or all of one sink.",
    method: "POST",
    path: "/api/dead-letters:retry",
    permission: needs("write"),
    input: { body: chosen, exactlyOne: true },
    output: { schema: field.named("RetriedLetters", { retried: field.count("Notifications that are queued again.") }) },
    errors: ["not_found"],
    mutation: true,
    examples: [{ title: "All of one sink", input: { sink: "on-call" }, output: { retried: 1 } }],
  },
  {
    ...letters,
    name: "dead-letter.drop",
    title: "Drop dead letters",
    description: "Forgets notifications that were given up; their alerts stay.",
    method: "POST",
    path: "/api/dead-letters:drop",
    permission: needs("delete"),
    input: { body: chosen, exactlyOne: true },
    output: { schema: field.named("DroppedLetters", { dropped: field.count("Notifications that are gone.") }) },
    errors: ["not_found"],
    mutation: true,
    examples: [{ title: "One", input: { ids: ["17"] }, output: { dropped: 1 } }],
  },
];
