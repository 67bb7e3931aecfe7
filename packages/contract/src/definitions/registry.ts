import type { OperationDefinition } from "../definition.ts";
import * as field from "../fields.ts";
import * as shape from "../shapes.ts";

const { optional } = field;

export const registry: OperationDefinition[] = [
  {
    name: "registry.tree",
    title: "Show the tree",
    description: "Secrets and configuration of a folder and below, depth first. What you may not list does not show.",
    method: "GET",
    path: "/api/tree",
    permission: null,
    input: {
      query: {
        prefix: optional(field.prefix),
        depth: optional(field.integer(1, 32, "Levels below the folder.")),
        limit: optional(field.limit(1000)),
        after: optional(field.after),
      },
    },
    output: { schema: field.named("Tree", { items: field.list(shape.treeItem, 1000), next: optional(field.next) }) },
    success: [200],
    errors: ["path_not_canonical"],
    entryResource: "directory",
    examples: [
      {
        title: "Two levels",
        input: { prefix: "applications", depth: 2 },
        output: {
          items: [
            { path: "applications/shop", kind: "directory", environment: "production" },
            { path: "applications/shop/config", kind: "directory", environment: "production" },
          ],
        },
      },
    ],
  },
];
