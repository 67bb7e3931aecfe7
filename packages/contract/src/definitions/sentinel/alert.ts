import type { OperationDefinition } from "../../definition.ts";
import * as field from "../../fields.ts";
import * as sentinel from "../../sentinel-fields.ts";
import * as shape from "../../sentinel-shapes.ts";
import * as example from "./examples.ts";

const { optional } = field;
const needs = (action: string) => ({ resource: "audit", path: "", action });
const common = { program: "agent", success: [200], entryResource: "alert" } as const;
const one = { params: { alert: sentinel.alert } } as const;
const given = { alert: example.alert.id };

/** What an agent found. To see it is to audit; to work on it is `audit::write`, which auditors do not hold. */
export const alert: OperationDefinition[] = [
  {
    ...common,
    name: "alert.list",
    title: "List alerts",
    description: "What the rules found on this host, newest first.",
    method: "GET",
    path: "/api/alerts",
    permission: needs("list"),
    input: {
      query: {
        state: optional(field.choice(["open", "acknowledged"], "Only alerts in this state.")),
        severity: optional(sentinel.severity("Only alerts of this severity or a higher one.")),
        rule: optional(sentinel.rule("Only alerts of this rule.")),
        id: optional(sentinel.alertPrefix),
        since: optional(field.time("Only alerts that were last seen at this time or after it.")),
        limit: optional(field.limit(200)),
        after: optional(field.after),
      },
    },
    output: { schema: field.named("AlertList", { items: field.list(shape.alert, 200), next: optional(field.next) }) },
    errors: [],
    examples: [
      { title: "What is open", input: { state: "open", severity: "medium" }, output: { items: [example.alert] } },
    ],
  },
  {
    ...common,
    name: "alert.read",
    title: "Read an alert",
    description: "One alert with the row that was found and what its rule says about it.",
    method: "GET",
    path: "/api/alerts/{alert}",
    permission: needs("read"),
    input: one,
    output: { schema: shape.alertWithDetails },
    errors: ["not_found"],
    examples: [{ title: "One", input: given, output: example.details }],
  },
  {
    ...common,
    name: "alert.acknowledge",
    title: "Acknowledge an alert",
    description: "Takes note of an alert. What is found again within its window counts, and nobody is told anew.",
    method: "POST",
    path: "/api/alerts/{alert}:acknowledge",
    permission: needs("write"),
    input: { ...one, body: { note: optional(field.storedText(1024, "What you found out. Never put a secret here.")) } },
    output: { schema: shape.alertWithDetails },
    errors: ["not_found"],
    mutation: true,
    examples: [{ title: "Seen", input: { ...given, note: "it was me" }, output: example.acknowledged }],
  },
  {
    ...common,
    name: "alert.reopen",
    title: "Reopen an alert",
    description: "Takes an acknowledgement back.",
    method: "POST",
    path: "/api/alerts/{alert}:reopen",
    permission: needs("write"),
    input: one,
    output: { schema: shape.alertWithDetails },
    errors: ["not_found"],
    mutation: true,
    examples: [{ title: "Not done", input: given, output: example.details }],
  },
];
