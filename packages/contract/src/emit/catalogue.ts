import type { OperationDefinition } from "../definition.ts";
import { errorsOf, problems } from "../errors.ts";
import { inputSchemas, placesOf } from "./places.ts";
import { plain } from "./plain.ts";
import { commonHeaders } from "./headers.ts";

/** The whole catalogue as plain data: what a gate needs to route, validate, authorize and describe. */
export function catalogue(definitions: readonly OperationDefinition[]) {
  return {
    format: 1,
    headers: commonHeaders,
    problems,
    operations: Object.fromEntries(definitions.map((operation) => [operation.name, described(operation)])),
  };
}

function described(operation: OperationDefinition) {
  const { name, title, description, method, path, permission, entryResource, success, output, examples } = operation;
  return {
    name,
    title,
    description,
    method,
    path,
    aliases: operation.aliases ?? [],
    spans: operation.spans ?? [],
    permission: permission && { perItem: false, ...permission },
    scope: operation.scope ?? "tenant",
    program: operation.program ?? "server",
    mutation: operation.mutation ?? false,
    entryResource,
    success,
    errors: errorsOf(operation),
    fields: placesOf(operation),
    input: inputSchemas(operation.input),
    output:
      "schema" in output
        ? { mediaType: "application/json", schema: plain(output.schema), maxBytes: null }
        : { mediaType: output.mediaType, schema: null, maxBytes: output.maxBytes },
    examples,
  };
}
