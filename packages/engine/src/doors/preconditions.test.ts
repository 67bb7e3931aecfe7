import { expect, test } from "vitest";
import { definition } from "../gate/gate.fixture.ts";
import { preconditionOf } from "./preconditions.ts";

const of = (ifMatch?: string, ifNoneMatch?: string, input = definition.input) =>
  preconditionOf({ input }, { "if-match": ifMatch, "if-none-match": ifNoneMatch });
const refused = expect.objectContaining({ code: "invalid_input" }) as Error;

test("no precondition is none", () => {
  expect(of()).toBeUndefined();
  expect(of(undefined, undefined, {})).toBeUndefined();
});

test("If-Match names one version, If-None-Match: * the version that nothing has", () => {
  expect([of('"1"'), of(' "9007199254740991" '), of(undefined, "*"), of(undefined, " * ")]).toEqual([
    1, 9_007_199_254_740_991, 0, 0,
  ]);
});

test.each(['"0"', '"01"', "1", "*", 'W/"1"', '"1","2"', '"9007199254740992"', '"a"', ""])(
  "If-Match: %s is refused",
  (tag) => {
    expect(() => of(tag)).toThrow(refused);
  },
);

test("If-None-Match takes nothing but *, and never stands beside If-Match", () => {
  expect(() => of(undefined, '"1"')).toThrow(refused);
  expect(() => of('"1"', "*")).toThrow(refused);
});

test("an operation that does not declare one refuses it", () => {
  expect(() => of('"1"', undefined, {})).toThrow(refused);
  expect(() => of(undefined, "*", { headers: { properties: { ifMatch: {} } } })).toThrow(refused);
  expect(of('"1"', undefined, { headers: { properties: { ifMatch: {} } } })).toBe(1);
  expect(() => of('"1"', undefined, { headers: {} })).toThrow(refused);
});
