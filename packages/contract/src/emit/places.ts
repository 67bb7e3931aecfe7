import type { Fields, Input, OperationDefinition } from "../definition.ts";
import { closed } from "../fields.ts";
import { type JsonSchema, plain } from "./plain.ts";

/** Where one field of the flat input goes, and how its text form on a URL or header is read. */
export interface Place {
  readonly in: "path" | "query" | "header" | "body";
  readonly type?: "string" | "integer" | "boolean";
  /** Its name on the wire, when that differs. */
  readonly wire?: string;
  /** It may hold slashes, which stay slashes in the URL. */
  readonly spans?: true;
  readonly required?: true;
}

export interface InputSchemas {
  readonly params?: JsonSchema;
  readonly query?: JsonSchema;
  readonly headers?: JsonSchema;
  readonly body?: JsonSchema;
}

export function inputSchemas(input: Input): InputSchemas {
  const object = (fields: Fields) => plain(closed(fields));
  const one = input.exactlyOne && { minProperties: 1, maxProperties: 1 };
  return {
    ...(input.params && { params: object(input.params) }),
    ...(input.query && { query: object(input.query) }),
    ...(input.headers && { headers: object(input.headers) }),
    ...(input.body && { body: { ...object(input.body), ...one } }),
  };
}

export function placesOf(operation: OperationDefinition): Record<string, Place> {
  const { params, query, headers, body } = inputSchemas(operation.input);
  return {
    ...places(params, "path", operation.spans),
    ...places(query, "query"),
    ...places(headers, "header"),
    ...places(body, "body"),
  };
}

function places(
  schema: JsonSchema | undefined,
  where: Place["in"],
  spans: readonly string[] = [],
): Record<string, Place> {
  return Object.fromEntries(
    Object.entries(schema?.properties ?? {}).map(([name, field]) => [
      name,
      {
        in: where,
        ...(where !== "body" && { type: textType(field) }),
        ...(where === "header" && { wire: headerName(name) }),
        ...(spans.includes(name) && { spans: true as const }),
        ...(schema?.required?.includes(name) && { required: true as const }),
      },
    ]),
  );
}

function textType(schema: JsonSchema): "string" | "integer" | "boolean" {
  if (schema.type === "string" || schema.type === "integer" || schema.type === "boolean") return schema.type;
  throw new Error(`a URL or header cannot carry ${JSON.stringify(schema)}`);
}

const headerName = (name: string) =>
  name.replace(/^[a-z]|[A-Z]/g, (letter, at: number) => (at ? `-${letter}` : letter.toUpperCase()));
