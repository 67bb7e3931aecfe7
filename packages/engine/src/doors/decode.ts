import { decodePathOnce } from "@holdfast/kernel/paths";
import { Refusal } from "../errors.ts";
import type { OperationDefinition, Schema } from "../operation.ts";

const INTEGER = /^(?:0|[1-9][0-9]{0,15})$/;

type Scalar = string | number | boolean;

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, { readonly type?: string }>>;
}

/** Path parameters, percent-decoded exactly once; a spanning parameter must be a canonical path. */
export function decodeParams(
  definition: OperationDefinition,
  raw: Readonly<Record<string, string>>,
): Record<string, string | number> {
  const params = Object.create(null) as Record<string, string | number>;
  for (const [name, value] of Object.entries(raw)) {
    params[name] = definition.spans.includes(name)
      ? canonicalPath(value)
      : (typed(definition.input.params, name, decodeOnce(value)) as string | number);
  }
  return params;
}

function canonicalPath(raw: string): string {
  const parsed = decodePathOnce(raw);
  if (!parsed.ok) throw new Refusal("path_not_canonical", `The path ${parsed.reason}.`);
  return parsed.path;
}

function decodeOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal("invalid_input", "The request target is not valid percent-encoded UTF-8.");
  }
}

/** Query members by their declared type; a member given twice is refused rather than chosen from. */
export function decodeQuery(definition: OperationDefinition, query: string): Record<string, Scalar> {
  const decoded = Object.create(null) as Record<string, Scalar>;
  if (query === "") return decoded;
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const at = pair.indexOf("=");
    const name = decodeOnce((at < 0 ? pair : pair.slice(0, at)).replaceAll("+", " "));
    const value = at < 0 ? "true" : decodeOnce(pair.slice(at + 1).replaceAll("+", " "));
    if (name in decoded) throw new Refusal("invalid_input", "A query member was given twice.");
    decoded[name] = typed(definition.input.query, name, value);
  }
  return decoded;
}

/** Decoding, not coercion: only the one canonical spelling of an integer or boolean becomes one. */
function typed(schema: Schema | undefined, name: string, text: string): Scalar {
  const properties = (schema as ObjectSchema | undefined)?.properties;
  const type = properties !== undefined && Object.hasOwn(properties, name) ? properties[name]?.type : undefined;
  if (type === "integer" && INTEGER.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}
