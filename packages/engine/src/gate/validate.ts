import { nearMiss } from "@holdfast/kernel/near-miss";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { Refusal, type RefusalDetails } from "../errors.ts";
import type { Input, OperationDefinition, Schema } from "../operation.ts";
import { noBody, parseBody } from "./body.ts";
import type { Call } from "./call.ts";

const MAX_REPORTED_ERRORS = 8;
const MAX_NAME_CHARACTERS = 64;
const MAX_POINTER_CHARACTERS = 256;

type Part = "params" | "query" | "body";
type FieldError = NonNullable<RefusalDetails["errors"]>[number];

/**
 * Validates without coercion, against the catalogue's own schemas (draft 7). Schemas are compiled on first use:
 * compiling all of them would be half of a server's start-up.
 */
export class Validator {
  readonly #ajv = new Ajv({
    strict: false,
    allErrors: false,
    ownProperties: true,
    validateFormats: false,
    // Errors name the schema they stand in, for near misses.
    verbose: true,
  });
  readonly #compiled = new Map<Schema, ValidateFunction>();

  /** A fault of decoding is told only here: whoever calls has been identified and counted before. */
  input(definition: OperationDefinition, call: Call): Input {
    if (call.fault !== undefined) throw call.fault;
    const body = definition.input.body === undefined ? noBody(call) : parseBody(call);
    this.#check("params", definition.input.params, call.params);
    this.#check("query", definition.input.query, call.query);
    if (definition.input.body !== undefined) this.#check("body", definition.input.body, body);
    const input = { params: call.params, query: call.query, body };
    return call.precondition === undefined ? input : { ...input, precondition: call.precondition };
  }

  #check(part: Part, schema: Schema | undefined, value: object): void {
    if (schema === undefined) return refuseMembers(part, value);
    const validate = this.#validatorOf(schema);
    if (!validate(value)) throw invalid(part, validate.errors!);
  }

  #validatorOf(schema: Schema): ValidateFunction {
    const known = this.#compiled.get(schema);
    if (known !== undefined) return known;
    const compiled = this.#ajv.compile(schema);
    this.#compiled.set(schema, compiled);
    return compiled;
  }
}

function refuseMembers(part: Part, value: object): void {
  const [name] = Object.keys(value);
  if (name === undefined) return;
  throw refuse([{ pointer: `/${part}/${escapePointer(name)}`, message: "is not known here" }]);
}

function invalid(part: Part, errors: readonly ErrorObject[]): Refusal {
  return refuse(errors.slice(0, MAX_REPORTED_ERRORS).map((error) => describe(part, error)));
}

/** Names fields and rules, never a value. */
function refuse(errors: readonly FieldError[]): Refusal {
  const { pointer, message } = errors[0]!;
  return new Refusal("invalid_input", `${pointer} ${message}.`, { errors });
}

function describe(part: Part, { keyword, instancePath, parentSchema, params, message }: ErrorObject): FieldError {
  const at = `/${part}${instancePath}`.slice(0, MAX_POINTER_CHARACTERS);
  if (keyword === "additionalProperties") {
    const name = String((params as { additionalProperty: unknown }).additionalProperty);
    return { pointer: `${at}/${escapePointer(name)}`, message: `is not known here${meant(name, parentSchema)}` };
  }
  if (keyword === "required") {
    const name = String((params as { missingProperty: unknown }).missingProperty);
    return { pointer: `${at}/${escapePointer(name)}`, message: "is required" };
  }
  return { pointer: at, message: message! };
}

function meant(name: string, schema: ErrorObject["parentSchema"]): string {
  const near = nearMiss(name, Object.keys((schema?.["properties"] ?? {}) as object));
  return near === undefined ? "" : `, did you mean ${near}`;
}

const escapePointer = (text: string): string =>
  text.replaceAll("~", "~0").replaceAll("/", "~1").slice(0, MAX_NAME_CHARACTERS);
