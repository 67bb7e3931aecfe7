import type { JsonSchema } from "./plain.ts";

export const typeName = (name: string) => pascal(name.split(/[.-]/));
export const pascal = (words: readonly string[]) =>
  words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");

/** TypeScript for one schema. Objects with a title are declared once in `shapes`, and named where they are used. */
export function printType(schema: JsonSchema, shapes: Map<string, string>, depth = 0): string {
  if (schema.title === undefined) return printAnonymous(schema, shapes, depth);
  const body = printAnonymous(schema, shapes, 0);
  const known = shapes.get(schema.title);
  if (known !== undefined && known !== body) throw new Error(`two shapes are called ${schema.title}`);
  shapes.set(schema.title, body);
  return schema.title;
}

function printAnonymous(schema: JsonSchema, shapes: Map<string, string>, depth: number): string {
  if (schema.const !== undefined) return literalType(schema.const);
  if (schema.enum) return schema.enum.map(literalType).join(" | ");
  if (schema.anyOf) return schema.anyOf.map((one) => printType(one, shapes, depth)).join(" | ");
  if (schema.type === "array") return `readonly ${bracketed(printType(schema.items ?? {}, shapes, depth))}[]`;
  if (schema.type === "object") return printObject(schema, shapes, depth);
  return (
    { string: "string", integer: "number", number: "number", boolean: "boolean", null: "null" }[schema.type ?? ""] ??
    "unknown"
  );
}

function printObject(schema: JsonSchema, shapes: Map<string, string>, depth: number): string {
  if (typeof schema.additionalProperties === "object")
    return `Readonly<Record<string, ${printType(schema.additionalProperties, shapes, depth)}>>`;
  const indent = "  ".repeat(depth + 1);
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const optional = schema.required?.includes(name) ? "" : "?";
    const comment = field.description ? `${indent}/** ${field.description} */\n` : "";
    return `${comment}${indent}readonly ${name}${optional}: ${printType(field, shapes, depth + 1)};\n`;
  });
  return `{\n${fields.join("")}${"  ".repeat(depth)}}`;
}

const literalType = (value: unknown) => (typeof value === "string" ? `'${value}'` : String(value));
const bracketed = (type: string) => (/[ {]/.test(type) ? `(${type})` : type);
