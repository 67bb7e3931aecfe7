import { type JsonSchema, mapValues } from "./plain.ts";

/**
 * Moves titled shapes to `schemas` and leaves references. Answers are open here although the server closes them:
 * a generated client must survive a field that a later server adds.
 */
export function named(schema: JsonSchema, schemas: Record<string, JsonSchema>): JsonSchema {
  const { additionalProperties, ...open } = schema;
  const body: JsonSchema = {
    ...open,
    ...(typeof additionalProperties === "object" && { additionalProperties }),
    ...(schema.properties && { properties: mapValues(schema.properties, (field) => named(field, schemas)) }),
    ...(schema.items && { items: named(schema.items, schemas) }),
  };
  if (schema.title === undefined) return body;
  schemas[schema.title] = body;
  return { $ref: `#/components/schemas/${schema.title}` };
}
