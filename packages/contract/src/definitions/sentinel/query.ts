import type { OperationDefinition } from "../../definition.ts";
import * as field from "../../fields.ts";
import * as shape from "../../sentinel-shapes.ts";

const { optional } = field;
const needs = (action: string) => ({ resource: "audit", path: "", action });
const processes = {
  name: "processes",
  kind: "state",
  description: "Processes that run now.",
  columns: [{ name: "pid", type: "integer", description: "Process id." }],
};

export const query: OperationDefinition[] = [
  {
    program: "agent",
    name: "query.run",
    title: "Run a query",
    description:
      "One SELECT over the tables of this host, admitted and run like a rule: in a sandbox, on data that it cannot change.",
    method: "POST",
    path: "/api/queries:run",
    permission: needs("read"),
    input: {
      body: {
        sql: field.text(65_536, "The statement.", { minLength: 1 }),
        limit: optional(field.integer(1, 10_000, "Most rows in the answer; 1000 when left out.")),
        timeoutMs: optional(field.integer(100, 30_000, "How long it may run; 10 seconds when left out.")),
      },
    },
    output: { schema: shape.queryResult },
    success: [200],
    errors: ["query_refused", "query_stopped"],
    entryResource: "query",
    examples: [
      {
        title: "What listens",
        input: { sql: "SELECT pid, name FROM processes WHERE name = 'sshd'", limit: 10 },
        output: { columns: ["pid", "name"], rows: [[812, "sshd"]], isTruncated: false, durationMs: 0.7 },
      },
    ],
  },
  {
    program: "agent",
    name: "table.list",
    title: "List tables",
    description: "Tables that queries and rules can read, with their columns.",
    method: "GET",
    path: "/api/tables",
    permission: needs("list"),
    input: {},
    output: { schema: field.named("TableList", { items: field.list(shape.table, 64) }) },
    success: [200],
    errors: [],
    entryResource: "table",
    examples: [{ title: "All", input: {}, output: { items: [processes] } }],
  },
];
