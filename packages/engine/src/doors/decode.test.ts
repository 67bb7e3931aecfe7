import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Refusal } from "../errors.ts";
import { definition, object } from "../gate/gate.fixture.ts";
import { decodeParams, decodeQuery } from "./decode.ts";

const versioned = { ...definition, input: { params: object({ key: {}, version: { type: "integer" } }) } };
const queried = {
  ...definition,
  input: { query: object({ n: { type: "integer" }, b: { type: "boolean" }, s: { type: "string" } }) },
};

describe("parameters", () => {
  test("are decoded exactly once", () => {
    expect(decodeParams(versioned, { key: "a%2Fb/c%20d", version: "12" })).toEqual({ key: "a/b/c d", version: 12 });
  });

  test("that would decode again are refused", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "binary" }), (text) => {
        const twice = encodeURIComponent(encodeURIComponent(text.toWellFormed()));
        fc.pre(twice.includes("%25"));
        expect(() => decodeParams(definition, { key: twice })).toThrow(
          expect.objectContaining({ code: "path_not_canonical" }),
        );
      }),
    );
  });

  test("round-trip for every canonical path, whether its slashes are encoded or not", () => {
    const word = fc.stringMatching(/^[a-zäöü0-9_.-]{1,8}$/).filter((text) => !["versions", ".", ".."].includes(text));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (segments) => {
        const path = segments.join("/");
        const raws = [encodeURIComponent(path), segments.map(encodeURIComponent).join("/")];
        for (const key of raws) expect(decodeParams(definition, { key })).toEqual({ key: path });
      }),
    );
  });

  test("that are not percent-encoded UTF-8 are refused", () => {
    for (const version of ["%", "%zz", "%ff", "%c3%28"]) {
      expect(() => decodeParams(versioned, { version })).toThrow(expect.objectContaining({ code: "invalid_input" }));
    }
    expect(() => decodeParams(definition, { key: "%ff" })).toThrow(
      expect.objectContaining({ code: "path_not_canonical" }),
    );
  });

  test("stay text where nothing else is declared", () => {
    expect(decodeParams({ ...definition, spans: [], input: {} }, { key: "12" })).toEqual({ key: "12" });
    expect(decodeParams({ ...definition, spans: [], input: { params: {} } }, { toString: "12" })).toEqual({
      toString: "12",
    });
  });
});

describe("query members", () => {
  test("take their declared type from its one spelling", () => {
    expect(decodeQuery(queried, "n=0&b=true&s=12")).toEqual({ n: 0, b: true, s: "12" });
    expect(decodeQuery(queried, "b=false")).toEqual({ b: false });
    expect(decodeQuery(queried, "b")).toEqual({ b: true });
  });

  test.each([
    "n=01",
    "n=+1",
    "n=-1",
    "n=1.0",
    "n=1e3",
    "n=0x1",
    "n= 1",
    "n=",
    "n=9007199254740992",
    "n=99999999999999999",
    "b=1",
    "b=True",
    "b=",
  ])("in another spelling stay text, which the schema refuses: %s", (query) => {
    expect(Object.values(decodeQuery(queried, query)).every((value) => typeof value === "string")).toBe(true);
  });

  test("given twice are refused rather than chosen from", () => {
    for (const query of ["s=1&s=1", "s=1&%73=2", "s&s"]) {
      expect(() => decodeQuery(queried, query)).toThrow(Refusal);
    }
  });

  test("are decoded once, with + for a blank, and empty pairs count for nothing", () => {
    expect(decodeQuery(queried, "&s=a+b%2B%26%3D=c&&")).toEqual({ s: "a b+&==c" });
    expect(decodeQuery(queried, "s=%2573")).toEqual({ s: "%73" });
    expect(decodeQuery(queried, "")).toEqual({});
  });

  test("cannot reach a prototype, and unknown ones come through to be refused", () => {
    const decoded = decodeQuery(queried, "__proto__=1&constructor=2");
    expect(Object.getPrototypeOf(decoded)).toBeNull();
    expect(Object.keys(decoded)).toEqual(["__proto__", "constructor"]);
  });

  test("round-trip as any client encodes them", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1, unit: "grapheme" }), fc.string({ unit: "grapheme" })),
        (members) => {
          const query = new URLSearchParams(members).toString();
          expect({ ...decodeQuery({ ...definition, input: {} }, query) }).toEqual({ ...members });
        },
      ),
    );
  });
});
