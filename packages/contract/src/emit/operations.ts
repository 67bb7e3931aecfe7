import type { OperationDefinition } from "../definition.ts";
import { placeInGroups } from "./groups.ts";
import { placesOf } from "./places.ts";

const banner = '// Written by "npm run emit" from packages/contract/src; changes here are lost.\n';

/** The small table that a client needs to make a request: nothing of schemas, descriptions or permissions. */
export function operationsModule(definitions: readonly OperationDefinition[]): string {
  const entries = definitions.map((operation) => `  '${operation.name}': ${row(operation)},\n`);
  return `${banner}
/** How each operation goes onto the wire. */
export const operations = {
${entries.join("")}} as const;

export type OperationName = keyof typeof operations;
`;
}

function row(operation: OperationDefinition): string {
  const { method, path, output, success } = operation;
  return literal({
    ...placeInGroups(operation.name),
    method,
    path,
    fields: placesOf(operation),
    success,
    mediaType: "schema" in output ? "application/json" : output.mediaType,
    mutation: operation.mutation ?? false,
  });
}

export function problemsModule(problems: object): string {
  return `${banner}
/** Every code a caller can meet: its status, and what to do about it. */
export const problems = ${literal(problems)} as const;

export type ProblemCode = keyof typeof problems;
`;
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "string") return quoted(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, field]) => `${name}: ${literal(field)}`);
  return fields.length ? `{ ${fields.join(", ")} }` : "{}";
}

const quoted = (text: string) => `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
