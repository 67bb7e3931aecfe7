import type { OperationDefinition } from "../../definition.ts";
import * as field from "../../fields.ts";
import * as sentinel from "../../sentinel-fields.ts";
import * as shape from "../../sentinel-shapes.ts";
import * as example from "./examples.ts";

const needs = (action: string) => ({ resource: "audit", path: "", action });
const common = { program: "agent", success: [200], entryResource: "host" } as const;

export const host: OperationDefinition[] = [
  {
    ...common,
    name: "host.list",
    title: "List hosts",
    description: "Hosts that this agent watches: the one it runs on.",
    method: "GET",
    path: "/api/hosts",
    permission: needs("list"),
    input: {},
    output: { schema: field.named("HostList", { items: field.list(shape.host, 1000) }) },
    errors: [],
    examples: [{ title: "All", input: {}, output: { items: [example.host] } }],
  },
  {
    ...common,
    name: "host.read",
    title: "Read a host",
    description: "One host: what is seen of it, what was missed, and what that costs.",
    method: "GET",
    path: "/api/hosts/{host}",
    permission: needs("read"),
    input: { params: { host: sentinel.host } },
    output: { schema: shape.hostWithReadings },
    errors: ["not_found"],
    examples: [
      {
        title: "One",
        input: { host: "web-1" },
        output: {
          ...example.host,
          sources: [{ name: "connector", state: "active", detail: "process connector", events: 4096, lost: 0 }],
          catchRates: [{ lifetimeMs: 10, perMille: 998 }],
          losses: [{ stage: "queue", name: "events", reason: "queue_full", lost: 12 }],
          budgets: [{ name: "memory", used: 62_914_560, limit: 104_857_600, unit: "bytes" }],
          tables: [{ name: "processes", rows: 311 }],
        },
      },
    ],
  },
];
