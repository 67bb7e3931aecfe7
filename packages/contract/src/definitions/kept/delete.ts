import type { OperationDefinition } from "../../definition.ts";
import * as field from "../../fields.ts";
import * as shape from "../../shapes.ts";
import { exampleKey } from "./examples.ts";
import { type Family, gone, key, spans } from "./family.ts";

const { optional } = field;

export function deletion({ kind, at, needs }: Family): OperationDefinition[] {
  const common = { spans, entryResource: kind, success: [200], mutation: true } as const;
  const state = { schema: shape.keyState };
  const target = { key: exampleKey(kind) };
  return [
    {
      ...common,
      name: `${kind}.delete`,
      title: `Delete a ${kind}`,
      description: `Hides the current version. Nothing is lost: undelete brings it back, destroy ends it.`,
      method: "DELETE",
      ...at("/{key}"),
      permission: needs("delete"),
      input: { params: { key }, headers: { ifMatch: optional(field.ifMatch) } },
      output: state,
      errors: [...gone, "version_mismatch"],
      examples: [{ title: `Delete a ${kind}`, input: target, output: { ...target, version: 1, state: "deleted" } }],
    },
    {
      ...common,
      name: `${kind}.undelete`,
      title: `Bring back a deleted ${kind}`,
      description: "Brings back the deleted version, the newest when none is named.",
      method: "POST",
      ...at("/{key}:undelete"),
      permission: needs("write"),
      input: { params: { key }, body: { version: optional(field.version()) } },
      output: state,
      errors: gone,
      examples: [{ title: "Bring back", input: target, output: { ...target, version: 1, state: "live" } }],
    },
  ];
}
