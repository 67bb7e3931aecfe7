import type { OperationDefinition } from "../../definition.ts";
import * as field from "../../fields.ts";
import * as shape from "../../shapes.ts";
import { exampleKey, exampleVersion } from "./examples.ts";
import { type Family, gone, key, spans } from "./family.ts";

export function reading({ kind, at, needs }: Family): OperationDefinition[] {
  const value = kind === "secret" ? "correct horse" : { replicas: 3 };
  const common = {
    method: "GET",
    spans,
    permission: needs("read"),
    output: { schema: shape.versionWithValue },
    success: [200],
    errors: gone,
    entryResource: kind,
  } as const;
  return [
    {
      ...common,
      name: `${kind}.read`,
      title: `Read a ${kind}`,
      description: `The current version of a ${kind} with its value. The ETag is the version.`,
      ...at("/{key}"),
      input: { params: { key } },
      examples: [
        { title: `Read a ${kind}`, input: { key: exampleKey(kind) }, output: { ...exampleVersion(kind), value } },
      ],
    },
    {
      ...common,
      name: `${kind}.read-version`,
      title: `Read one version of a ${kind}`,
      description: `The named version of a ${kind} with its value.`,
      ...at("/{key}/versions/{version}"),
      input: { params: { key, version: field.version() } },
      examples: [
        {
          title: "Read version 1",
          input: { key: exampleKey(kind), version: 1 },
          output: { ...exampleVersion(kind), value },
        },
      ],
    },
  ];
}
