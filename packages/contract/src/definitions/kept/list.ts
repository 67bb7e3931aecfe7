import type { OperationDefinition } from "../../definition.ts";
import * as field from "../../fields.ts";
import * as shape from "../../shapes.ts";
import { exampleKey } from "./examples.ts";
import type { Family } from "./family.ts";

const { optional } = field;

export function listing({ kind, at }: Family): OperationDefinition {
  return {
    name: `${kind}.list`,
    title: `List ${kind}s`,
    description: "What lies in a folder, by name. Directories end in a slash; what you may not list does not show.",
    method: "GET",
    ...at(""),
    permission: { resource: kind, path: "prefix", action: "list", perItem: true },
    input: {
      query: {
        prefix: optional(field.prefix),
        recursive: optional(field.flag("All keys below, without directories.")),
        limit: optional(field.limit(1000)),
        after: optional(field.after),
      },
    },
    output: {
      schema: field.named("KeyList", { items: field.list(shape.listedKey, 1000), next: optional(field.next) }),
    },
    success: [200],
    errors: ["path_not_canonical"],
    entryResource: kind,
    examples: [
      {
        title: "One folder",
        input: { prefix: "applications/shop/config" },
        output: { items: [{ key: exampleKey(kind), kind, version: 1, updatedAt: "2026-07-01T09:30:00.000Z" }] },
      },
    ],
  };
}
