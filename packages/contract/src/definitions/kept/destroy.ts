import type { OperationDefinition } from "../../definition.ts";
import * as field from "../../fields.ts";
import { exampleKey } from "./examples.ts";
import { type Family, key, spans } from "./family.ts";

const { optional } = field;

export function destruction({ kind, at, needs }: Family): OperationDefinition {
  return {
    spans,
    entryResource: kind,
    success: [200],
    mutation: true,
    name: `${kind}.destroy`,
    title: `Destroy versions of a ${kind}`,
    description: "Drops the keys of the named versions, or of all: no one can open them again.",
    method: "POST",
    ...at("/{key}:destroy"),
    permission: needs("delete"),
    input: {
      params: { key },
      body: {
        versions: optional(field.list(field.version(), 1000, { minItems: 1, uniqueItems: true })),
        all: optional(field.yes("All versions.")),
      },
      exactlyOne: true,
    },
    output: {
      schema: field.named("Destroyed", {
        key,
        destroyed: field.list(field.version(), 100_000),
        pending: field.list(field.text(512), 64, {
          description: "What must still happen before nothing at all could bring them back.",
        }),
      }),
    },
    errors: ["path_not_canonical", "not_found"],
    examples: [
      {
        title: "Destroy two versions",
        input: { key: exampleKey(kind), versions: [1, 2] },
        output: { key: exampleKey(kind), destroyed: [1, 2], pending: ["backups made before now"] },
      },
    ],
  };
}
