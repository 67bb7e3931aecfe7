import { describe, expect, test } from "vitest";
import { Refusal } from "../errors.ts";
import type { OperationDefinition } from "../operation.ts";
import type { Call } from "./call.ts";
import { callTo, definition, json, object, operationOf } from "./gate.fixture.ts";
import { Validator } from "./validate.ts";

const validator = new Validator();
const validate = (call: Partial<Call>, changes: Partial<OperationDefinition> = {}) => {
  const operation = operationOf(() => ({ output: 1 }), changes);
  return validator.input(operation.definition, callTo(operation, call));
};
function refusalOf(call: Partial<Call>, changes: Partial<OperationDefinition> = {}): Refusal {
  try {
    validate(call, changes);
  } catch (error) {
    if (error instanceof Refusal) return error;
  }
  throw new Error("it was not refused");
}

describe("input", () => {
  test("that fits is handed on as it is", () => {
    expect(validate({ query: { limit: 3 }, ...json('{"note":"abc"}'), precondition: 0 })).toEqual({
      params: { key: "a/b" },
      query: { limit: 3 },
      body: { note: "abc" },
      precondition: 0,
    });
  });

  test("is told what went wrong while it was decoded before anything else", () => {
    const fault = new Refusal("path_not_canonical", "x");
    expect(refusalOf({ fault, query: { unknown: 1 }, ...json("{") })).toBe(fault);
  });

  test.each([
    ['{"cas":null}', "/body/cas must be integer."],
    ['{"cas":"1"}', "/body/cas must be integer."],
    ['{"cas":1.5}', "/body/cas must be integer."],
    ['{"cas":9007199254740993}', "/body/cas must be integer."],
    ['{"note":true}', "/body/note must be string."],
  ])("is not coerced: %s", (text, message) => {
    expect(refusalOf(json(text))).toMatchObject({ code: "invalid_input", message });
  });

  test.each([
    ['{"Note":"a"}', "/body/Note", "is not known here, did you mean note"],
    ['{"password":"hunter2"}', "/body/password", "is not known here"],
    ['{"a/b~c":1}', "/body/a~1b~0c", "is not known here"],
    ['{"toString":1}', "/body/toString", "is not known here"],
    ['{"__proto__":1}', "/body/__proto__", "is not known here"],
    [`{"${"n".repeat(1_000)}":1}`, `/body/${"n".repeat(64)}`, "is not known here"],
  ])("with an unknown member is refused by name: %s", (text, pointer, message) => {
    expect(refusalOf(json(text)).details.errors).toEqual([{ pointer, message }]);
  });

  test("that lacks a member is refused by its name", () => {
    const input = { body: object({ value: {} }, ["value"]) };
    const changes = { input: { ...definition.input, ...input } };
    expect(refusalOf(json("{}"), changes).details.errors).toEqual([{ pointer: "/body/value", message: "is required" }]);
    expect(refusalOf({}, changes).details.errors).toEqual([{ pointer: "/body/value", message: "is required" }]);
  });

  test("of a value that does not fit never comes back in the refusal", () => {
    const refusal = refusalOf(json('{"note":"Hunter2"}'));
    expect(JSON.stringify([refusal.message, refusal.details])).not.toContain("Hunter2");
    expect(refusal.message).toContain("/body/note");
  });

  test("names a place of bounded length, and no more than eight of them", () => {
    const anyOf = Array.from({ length: 20 }, () => ({ type: "string" }));
    const body = { type: "object", additionalProperties: { anyOf } };
    const { errors } = refusalOf(json(`{"${"n".repeat(1_000)}":1}`), { input: { ...definition.input, body } }).details;
    expect(errors).toHaveLength(8);
    expect(errors?.[0]?.pointer).toHaveLength(256);
  });

  test("where none is declared is refused, each part by itself", () => {
    const none = { input: {} };
    expect(validate({ params: {} }, none)).toEqual({ params: {}, query: {}, body: {} });
    expect(refusalOf({ params: { key: "a" } }, none).message).toBe("/params/key is not known here.");
    expect(refusalOf({ params: {}, query: { a: "1" } }, none).message).toBe("/query/a is not known here.");
    expect(refusalOf({ params: {}, ...json("{}") }, none).message).toBe("This operation takes no request body.");
  });

  test("an unknown member of an object that declares none has no near miss", () => {
    const body = { type: "object", additionalProperties: false };
    expect(refusalOf(json('{"a":1}'), { input: { ...definition.input, body } }).message).toBe(
      "/body/a is not known here.",
    );
  });
});
