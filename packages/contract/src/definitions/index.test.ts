import Schema from "typebox/schema";
import { describe, expect, test } from "vitest";
import { inputSchemas, placesOf } from "../emit/places.ts";
import { type JsonSchema, plain } from "../emit/plain.ts";
import { errorsOf, problems } from "../errors.ts";
import { definitions } from "./index.ts";

const routes = definitions.flatMap(({ method, path, aliases = [] }) => [path, ...aliases].map((p) => `${method} ${p}`));
const isUnique = (texts: readonly string[]) => new Set(texts).size === texts.length;

describe("the catalogue", () => {
  test("names and routes are unique", () => {
    expect(isUnique(definitions.map(({ name }) => name))).toBe(true);
    expect(isUnique(routes)).toBe(true);
  });

  test("names nothing that could be mistaken for another operation or resource", () => {
    for (const { name, entryResource } of definitions) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*([.][a-z]+(-[a-z]+)*)?$/);
      expect(entryResource).toMatch(/^[a-z]+$/);
    }
  });

  test("an agent has what it takes to be asked, told who may ask, and audited, and no secrets to give", () => {
    const groups = (wanted: (program: string) => boolean) => [
      ...new Set(definitions.filter(({ program = "server" }) => wanted(program)).map(({ name }) => name.split(".")[0])),
    ];
    expect(groups((program) => program === "both")).toEqual([
      "token",
      "role",
      "grant",
      "decision",
      "key",
      "audit",
      "status",
    ]);
    expect(groups((program) => program === "agent")).toEqual([
      "alert",
      "silence",
      "sink",
      "dead-letter",
      "rule",
      "query",
      "table",
      "host",
    ]);
  });

  test("every value of a problem is fit for a caller", () => {
    for (const { status, title, hint } of Object.values(problems)) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(title).not.toBe("");
      expect(hint).toMatch(/[.]$/);
    }
  });

  test("the list of codes is what callers were promised", () => {
    expect(Object.entries(problems).map(([code, { status }]) => `${code} ${status}`)).toMatchInlineSnapshot(`
      [
        "unauthenticated 401",
        "forbidden 403",
        "not_found 404",
        "deleted 404",
        "destroyed 404",
        "invalid_input 400",
        "path_not_canonical 400",
        "malformed_json 400",
        "already_exists 409",
        "version_mismatch 409",
        "conflict 409",
        "idempotency_mismatch 409",
        "method_not_allowed 405",
        "payload_too_large 413",
        "unsupported_media_type 415",
        "header_too_large 431",
        "rate_limited 429",
        "overloaded 503",
        "busy 503",
        "sealed 503",
        "storage_failed 503",
        "query_refused 400",
        "query_stopped 422",
        "not_acceptable 406",
        "timeout 408",
        "internal 500",
      ]
    `);
  });
});

describe.each(definitions.map((operation) => [operation.name, operation] as const))("%s", (_, operation) => {
  const { params, query, headers, body } = inputSchemas(operation.input);
  const parts = [params, query, headers, body].filter((part) => part !== undefined);

  test("takes only bounded input", () => {
    for (const part of parts) expect(unbounded(part, "")).toEqual([]);
  });

  test("gives each field one place, and each path parameter a field", () => {
    const names = parts.flatMap((part) => Object.keys(part.properties ?? {}));
    expect(isUnique(names)).toBe(true);
    const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const declared = Object.entries(placesOf(operation)).filter(([, place]) => place.in === "path");
    expect(declared.map(([name]) => name)).toEqual(inPath);
    expect(inPath).toEqual(expect.arrayContaining([...(operation.spans ?? [])]));
  });

  test("asks permission on a field that it has", () => {
    const path = operation.permission?.path || [];
    expect(Object.keys(placesOf(operation))).toEqual(expect.arrayContaining([path].flat()));
  });

  test("names no code twice, and neither takes a body nor changes anything on GET", () => {
    expect(isUnique(errorsOf(operation))).toBe(true);
    expect(operation.method === "GET" && (operation.mutation || body)).toBeFalsy();
  });

  test.each(operation.examples)("example holds: $title", ({ input, output }) => {
    const places = placesOf(operation);
    expect(Object.keys(places)).toEqual(expect.arrayContaining(Object.keys(input)));
    const given = { path: params, query, header: headers, body };
    for (const [place, schema] of Object.entries(given)) {
      const part = Object.fromEntries(Object.entries(input).filter(([name]) => places[name]?.in === place));
      expect(failures(schema ?? {}, part)).toEqual([]);
    }
    const answer = "schema" in operation.output ? plain(operation.output.schema) : { type: "string" };
    expect(failures(answer, output)).toEqual([]);
  });
});

const failures = (schema: JsonSchema, value: unknown) =>
  Schema.Check(schema, value) ? [] : Schema.Errors(schema, value)[1];

/** Where a schema admits input without bound. An empty schema is a value: any JSON, bounded by the size of the body. */
function unbounded(schema: JsonSchema, at: string): string[] {
  const within = [
    ...Object.entries(schema.properties ?? {}),
    ...(schema.items ? [["items", schema.items] as const] : []),
    ...(schema.anyOf ?? []).map((one, index) => [String(index), one] as const),
    ...(typeof schema.additionalProperties === "object" ? [["*", schema.additionalProperties] as const] : []),
  ];
  return [...(isBounded(schema) ? [] : [at]), ...within.flatMap(([name, one]) => unbounded(one, `${at}/${name}`))];
}

function isBounded(schema: JsonSchema): boolean {
  if (schema.enum !== undefined || schema.const !== undefined) return true;
  if (schema.type === "string") return "maxLength" in schema;
  if (schema.type === "array") return "maxItems" in schema;
  if (schema.type === "integer") return "minimum" in schema && "maximum" in schema;
  if (schema.type === "object")
    return schema.additionalProperties === false || ("maxProperties" in schema && "propertyNames" in schema);
  return true;
}
