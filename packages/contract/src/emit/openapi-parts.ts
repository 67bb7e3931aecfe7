import type { OperationDefinition } from "../definition.ts";
import { problems } from "../errors.ts";
import { commonHeaders } from "./headers.ts";
import { inputSchemas, placesOf } from "./places.ts";
import { type JsonSchema, mapValues } from "./plain.ts";

/** RFC 9457, with our code, hint and the fields that were wrong. */
export const problemSchema: JsonSchema = {
  type: "object",
  title: "Problem",
  required: ["type", "title", "status", "code", "requestId"],
  properties: {
    type: { type: "string", description: "urn:holdfast:problem:<code>" },
    title: { type: "string" },
    status: { type: "integer" },
    code: { type: "string", enum: Object.keys(problems), description: "Stable; decide by this." },
    detail: { type: "string", description: "What was wrong with this call." },
    hint: { type: "string", description: "What to do about it." },
    requestId: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        required: ["pointer", "message"],
        properties: {
          pointer: { type: "string", description: "JSON pointer into the input." },
          message: { type: "string" },
          position: {
            type: "object",
            description: "Where in a statement, from 1; the offset from 0.",
            required: ["offset", "line", "column"],
            properties: {
              offset: { type: "integer" },
              line: { type: "integer" },
              column: { type: "integer" },
            },
          },
        },
      },
    },
  },
};

const header = (description: string, type: string) => ({ description, schema: { type } });

/** On every answer, also a refusal. */
export const headers = {
  "Holdfast-Seq": header("Ledger entry of this call.", "integer"),
  "Holdfast-Request-Id": header("Id of this call in the logs.", "string"),
  RateLimit: header("What is left of the limit.", "string"),
  "RateLimit-Policy": header("The limit.", "string"),
};

export const answerHeaders = mapValues(headers, (_, name) => ({ $ref: `#/components/headers/${name}` }));

export const commonParameters = Object.fromEntries(
  Object.entries(commonHeaders).map(([name, { description, schema }]) => [
    name,
    { name, in: "header", required: false, description, schema },
  ]),
);

export function parameters(operation: OperationDefinition): object[] {
  const { params, query, headers } = inputSchemas(operation.input);
  const schemas = { ...params?.properties, ...query?.properties, ...headers?.properties };
  const own = Object.entries(placesOf(operation)).flatMap(([name, place]) => {
    if (place.in === "body") return [];
    const { description, ...schema } = schemas[name] ?? {};
    return [{ name: place.wire ?? name, in: place.in, required: place.required ?? false, description, schema }];
  });
  const common = Object.entries(commonHeaders)
    .filter(([, { mutation }]) => operation.mutation || !mutation)
    .map(([name]) => ({ $ref: `#/components/parameters/${name}` }));
  return [...own, ...common];
}
