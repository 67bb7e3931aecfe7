import type { OperationDefinition } from "../definition.ts";
import { inputSchemas } from "./places.ts";
import { type JsonSchema, plain } from "./plain.ts";
import { printType, typeName } from "./type-printer.ts";
import { groupsType } from "./groups.ts";

/** TypeScript for callers: one input and one output per operation, named shapes, and the map from name to both. */
export function typesModule(definitions: readonly OperationDefinition[]): string {
  const shapes = new Map<string, string>();
  const operations = definitions.map((operation) => {
    const name = typeName(operation.name);
    shapes.set(`${name}Input`, inputType(operation, shapes));
    return `  '${operation.name}': { input: ${name}Input; output: ${outputType(operation, shapes)} };\n`;
  });
  const declared = [...shapes].map(([name, body]) => `export ${declaration(name, body)}\n`);
  return `// Written by "npm run emit" from packages/contract/src; changes here are lost.

${declared.join("\n")}
/** Operation name to what it takes and gives. */
export interface Operations {
${operations.join("")}}

${groupsType(definitions)}`;
}

const declaration = (name: string, body: string) =>
  body.startsWith("{") ? `interface ${name} ${body}` : `type ${name} = ${body};`;

function inputType(operation: OperationDefinition, shapes: Map<string, string>): string {
  const { params, query, headers, body } = inputSchemas(operation.input);
  const parts = [params, query, headers, body].filter((part) => part !== undefined);
  const merged: JsonSchema = {
    type: "object",
    properties: Object.assign({}, ...parts.map((part) => part.properties)) as Record<string, JsonSchema>,
    required: parts.flatMap((part) => part.required ?? []),
    additionalProperties: false,
  };
  if (parts.length === 0) return "Record<string, never>";
  // A caller may hand over what it does not have: undefined stays off the wire.
  return printType(merged, shapes).replace(/^(  readonly \w+[?]: .*);$/gm, "$1 | undefined;");
}

function outputType({ output }: OperationDefinition, shapes: Map<string, string>): string {
  if ("schema" in output) return printType(plain(output.schema), shapes);
  return output.mediaType.startsWith("text/") ? "string" : "Uint8Array";
}
