import Type, { type TSchema } from "typebox";
import type { OperationDefinition } from "../../definition.ts";
import * as field from "../../fields.ts";
import * as shape from "../../shapes.ts";
import { exampleKey, exampleVersion } from "./examples.ts";
import { type Family, key, spans } from "./family.ts";

const { optional } = field;
const written = {
  value: Type.Unknown({
    description: 'Any JSON; with another contentType a string, with encoding "base64" bytes. At most 1 MiB.',
  }),
  contentType: optional(
    field.text(128, "Media type of the value; application/json when left out.", {
      pattern: "^[a-z0-9][a-z0-9.+-]{0,62}/[a-z0-9][a-z0-9.+-]{0,62}$",
    }),
  ),
  encoding: optional(field.choice(["base64"], "The value is base64 of bytes.")),
  metadata: optional(field.metadata),
  note: optional(field.note),
  cas: optional(field.cas),
} satisfies Record<string, TSchema>;

export function writing({ kind, at, needs }: Family): OperationDefinition[] {
  const output = { schema: shape.version };
  const example = { key: exampleKey(kind), value: kind === "secret" ? "correct horse" : { replicas: 3 } };
  return [
    {
      name: `${kind}.create`,
      title: `Create a ${kind}`,
      description: `Writes version 1 of a ${kind} at a key that has none; refuses a key that exists.`,
      method: "POST",
      ...at(""),
      permission: needs("write"),
      input: { body: { key, ...written } },
      output,
      success: [201],
      errors: ["path_not_canonical", "already_exists", "version_mismatch"],
      mutation: true,
      entryResource: kind,
      examples: [{ title: `Create a ${kind}`, input: example, output: exampleVersion(kind) }],
    },
    {
      name: `${kind}.put`,
      title: `Write a ${kind}`,
      description: `Writes the next version of a ${kind}, the first when there is none. 201 when the key is new.`,
      method: "PUT",
      ...at("/{key}"),
      spans,
      permission: needs("write"),
      input: {
        params: { key },
        headers: { ifMatch: optional(field.ifMatch), ifNoneMatch: optional(field.ifNoneMatch) },
        body: written,
      },
      output,
      success: [200, 201],
      errors: ["path_not_canonical", "version_mismatch"],
      mutation: true,
      entryResource: kind,
      examples: [
        {
          title: "Write only if version 1 is current",
          input: { ...example, cas: 1, note: "rotated" },
          output: { ...exampleVersion(kind), version: 2, note: "rotated" },
        },
      ],
    },
  ];
}
