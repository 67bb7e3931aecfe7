import type { OperationDefinition } from "../definition.ts";
import { answerHeaders, commonParameters, headers, parameters, problemSchema } from "./openapi-parts.ts";
import { refusals } from "./openapi-refusals.ts";
import { inputSchemas } from "./places.ts";
import { type JsonSchema, plain } from "./plain.ts";
import { named } from "./openapi-schemas.ts";
import { pascal } from "./type-printer.ts";

/** What one program says of itself: where it answers, and what it is. */
export interface About {
  readonly title: string;
  readonly summary: string;
  readonly server: { readonly url: string; readonly description: string };
}

/** The same catalogue for the tools of others: OpenAPI 3.1. */
export function openapi(definitions: readonly OperationDefinition[], version: string, about: About) {
  const schemas: Record<string, JsonSchema> = { Problem: problemSchema };
  const responses: Record<string, unknown> = {};
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of definitions)
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = described(operation, schemas, responses);
  return {
    openapi: "3.1.0",
    info: {
      title: about.title,
      version,
      summary: about.summary,
      description:
        "Keys may hold slashes: send them as they are, or as %2F. Every answer names its ledger entry in Holdfast-Seq.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [about.server],
    security: [{ token: [] }],
    tags: [...new Set(definitions.map(tagOf))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "An opaque token: hft_…" },
      },
      parameters: commonParameters,
      headers,
      schemas,
      responses,
    },
  };
}

const tagOf = (operation: OperationDefinition) => operation.name.split(".")[0] ?? "";

function described(
  operation: OperationDefinition,
  schemas: Record<string, JsonSchema>,
  responses: Record<string, unknown>,
) {
  const { body } = inputSchemas(operation.input);
  const [noun = "", ...verbs] = operation.name.split(/[.-]/);
  return {
    operationId: noun + pascal(verbs),
    tags: [tagOf(operation)],
    summary: operation.title,
    description: `${operation.description}\n\n${permissionText(operation)}`,
    parameters: parameters(operation),
    ...(body && { requestBody: requestBody(operation, body) }),
    responses: { ...answers(operation, schemas), ...refusals(operation, responses) },
  };
}

function permissionText({ permission, scope }: OperationDefinition): string {
  const globally = scope === "global" ? " Refused to actors of a tenant." : "";
  if (!permission) return `Any identified actor.${globally}`;
  const path = permission.path && `{${permission.path}}`;
  const items = permission.perItem ? ", decided for each item as well" : "";
  return `Permission: \`${permission.resource}:${path}:${permission.action}\`${items}.${globally}`;
}

function requestBody(operation: OperationDefinition, body: JsonSchema) {
  const fields = Object.keys(body.properties ?? {});
  const examples = operation.examples.map(({ title, input }): [string, unknown] => [
    title,
    { value: Object.fromEntries(Object.entries(input).filter(([name]) => fields.includes(name))) },
  ]);
  const required = Boolean(body.required?.length) || "minProperties" in body;
  return {
    required,
    content: { "application/json": { schema: body, examples: Object.fromEntries(examples) } },
  };
}

function answers(operation: OperationDefinition, schemas: Record<string, JsonSchema>) {
  const { output, examples, success } = operation;
  const content =
    "schema" in output
      ? {
          "application/json": {
            schema: named(plain(output.schema), schemas),
            examples: Object.fromEntries(examples.map((one) => [one.title, { value: one.output }])),
          },
        }
      : { [output.mediaType]: output.mediaType.startsWith("text/") ? { schema: { type: "string" } } : {} };
  const description = { 200: "Done", 201: "Made" };
  return Object.fromEntries(
    success.map((status) => [status, { description: description[status], headers: answerHeaders, content }]),
  );
}
