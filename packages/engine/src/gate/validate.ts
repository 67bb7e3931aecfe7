import { parseJson } from "@holdfast/kernel/json";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { Refusal } from "../errors.ts";
import type { Input, OperationDefinition, Schema } from "../operation.ts";
import type { Call } from "./call.ts";

const NOTHING: Readonly<Record<string, never>> = Object.freeze({});
const MAX_REPORTED_ERRORS = 8;

type Part = "params" | "query" | "body";

/**
 * Validates without coercion, against the catalogue's own schemas (draft 7). Schemas are compiled on first use:
 * compiling all of them would be half of a server's start-up.
 */
export class Validator {
  readonly #ajv = new Ajv({ strict: false, allErrors: false, ownProperties: true, validateFormats: false });
  readonly #compiled = new Map<Schema, ValidateFunction>();

  input(definition: OperationDefinition, call: Call): Input {
    if (call.fault !== undefined) throw call.fault;
    const body = definition.input.body === null ? noBody(call) : parsedBody(call);
    this.#check("params", definition.input.params, call.params);
    this.#check("query", definition.input.query, call.query);
    this.#check("body", definition.input.body, body);
    const input = { params: call.params, query: call.query, body };
    return call.precondition === undefined ? input : { ...input, precondition: call.precondition };
  }

  #check(part: Part, schema: Schema | null, value: unknown): void {
    if (schema === null) {
      if (Object.keys(value as object).length > 0) throw unexpected(part, value as object);
      return;
    }
    const validate = this.#validatorOf(schema);
    if (!validate(value)) throw invalid(part, validate.errors ?? []);
  }

  #validatorOf(schema: Schema): ValidateFunction {
    const known = this.#compiled.get(schema);
    if (known !== undefined) return known;
    const compiled = this.#ajv.compile(schema);
    this.#compiled.set(schema, compiled);
    return compiled;
  }
}

function noBody(call: Call): Input["body"] {
  if (call.body !== undefined && call.body.byteLength > 0) {
    throw new Refusal("invalid_input", "This operation takes no request body.");
  }
  return NOTHING;
}

function parsedBody(call: Call): Input["body"] {
  if (call.body === undefined || call.body.byteLength === 0) return NOTHING;
  if (call.mediaType !== "application/json") {
    throw new Refusal("unsupported_media_type", "The request body must be application/json.", {
      hint: 'Send Content-Type: application/json; bytes go into "value" with "encoding": "base64".',
    });
  }
  const parsed = parseBytes(call.body);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new Refusal("invalid_input", "The request body must be a JSON object.");
  }
  return parsed as Input["body"];
}

function parseBytes(bytes: Uint8Array): unknown {
  try {
    return parseJson(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    // The parser's message names a position and a rule, never the text around it: that may be a secret.
    const message = cause instanceof Error && "code" in cause ? cause.message : "The body is not valid UTF-8.";
    throw new Refusal("malformed_json", message);
  }
}

function unexpected(part: Part, value: object): Refusal {
  const [name] = Object.keys(value);
  return new Refusal("invalid_input", `Unknown ${part} member.`, {
    errors: [{ pointer: `/${part}/${escapePointer(name ?? "")}`, message: "is not known here" }],
  });
}

function invalid(part: Part, errors: readonly ErrorObject[]): Refusal {
  const listed = errors.slice(0, MAX_REPORTED_ERRORS).map((error) => describe(part, error));
  const [first] = listed;
  return new Refusal("invalid_input", first === undefined ? "Invalid input." : `${first.pointer} ${first.message}.`, {
    errors: listed,
  });
}

function describe(part: Part, error: ErrorObject): { pointer: string; message: string } {
  const at = `/${part}${error.instancePath}`;
  if (error.keyword === "additionalProperties") {
    const name = String((error.params as { additionalProperty: unknown }).additionalProperty);
    const known = Object.keys((error.parentSchema?.["properties"] as object | undefined) ?? {});
    return { pointer: `${at}/${escapePointer(name)}`, message: `is not known here${nearMiss(name, known)}` };
  }
  if (error.keyword === "required") {
    const name = String((error.params as { missingProperty: unknown }).missingProperty);
    return { pointer: `${at}/${escapePointer(name)}`, message: "is required" };
  }
  return { pointer: at, message: error.message ?? "is not valid" };
}

const escapePointer = (text: string): string => text.replaceAll("~", "~0").replaceAll("/", "~1").slice(0, 64);

/** Names the member that was probably meant: same letters in another case, or one edit at the most. */
function nearMiss(name: string, known: readonly string[]): string {
  const near = known.find((candidate) => isNear(name.toLowerCase(), candidate.toLowerCase()));
  return near === undefined ? "" : `, did you mean ${near}`;
}

function isNear(left: string, right: string): boolean {
  if (Math.abs(left.length - right.length) > 1) return false;
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start++;
  let end = 0;
  const shorter = Math.min(left.length, right.length);
  while (end < shorter - start && left.at(-1 - end) === right.at(-1 - end)) end++;
  return Math.max(left.length, right.length) - start - end <= 1;
}
