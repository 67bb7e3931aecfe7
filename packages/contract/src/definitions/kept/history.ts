import type { OperationDefinition } from "../../definition.ts";
import * as field from "../../fields.ts";
import * as shape from "../../shapes.ts";
import { exampleKey, exampleVersion } from "./examples.ts";
import { type Family, key, spans } from "./family.ts";

const { optional } = field;

export function history({ kind, at, needs }: Family): OperationDefinition {
  const { key: _, kind: __, environment: ___, ...info } = exampleVersion(kind);
  return {
    name: `${kind}.history`,
    title: `History of a ${kind}`,
    description: "Its versions, newest first, without values.",
    method: "GET",
    ...at("/{key}:history"),
    spans,
    permission: needs("read"),
    input: {
      params: { key },
      query: { limit: optional(field.limit(1000)), before: optional(field.version("Only versions below this one.")) },
    },
    output: {
      schema: field.named("History", {
        key,
        items: field.list(shape.versionInfo, 1000),
        next: optional(field.version('Send it as "before" to get what follows.')),
      }),
    },
    success: [200],
    errors: ["path_not_canonical", "not_found"],
    entryResource: kind,
    examples: [
      {
        title: "The newest versions",
        input: { key: exampleKey(kind), limit: 10 },
        output: { key: exampleKey(kind), items: [info] },
      },
    ],
  };
}
