import { utf8 } from "@holdfast/kernel/bytes";
import { printJson } from "@holdfast/kernel/json";
import { describe, expect, test, vi } from "vitest";
import { noBody, parseBody } from "./body.ts";
import { json } from "./gate.fixture.ts";

const parse = (text: string) => parseBody(json(text));

describe("a request body", () => {
  test.each([undefined, new Uint8Array(0)])("that is empty is the empty object, whatever its type", (body) => {
    expect(parseBody({ body, mediaType: undefined })).toEqual({});
    expect(noBody({ body })).toEqual({});
  });

  test("is refused where none is taken", () => {
    expect(() => noBody({ body: utf8("{}") })).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });

  test.each([undefined, "", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])(
    "of media type %s is not read",
    (mediaType) => {
      expect(() => parseBody({ body: utf8("{}"), mediaType })).toThrow(
        expect.objectContaining({ code: "unsupported_media_type" }),
      );
    },
  );

  test.each(["null", "1", '"text"', "[]", "true"])("must be an object, not %s", (text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });

  test.each([
    ["a key given twice", '{"password":"hunter2","password":"hunter2"}'],
    ["a key given twice by another spelling", '{"a":1,"\\u0061":2}'],
    ["text after the end", '{"a":"hunter2"} hunter2'],
    ["what is no JSON", "{password: hunter2}"],
    ["nesting without end", `{"value":${"[".repeat(100_000)}`],
    ["more keys than anyone needs", `{${Array.from({ length: 10_001 }, (_, key) => `"k${key}":1`).join(",")}}`],
  ])("with %s is malformed, and none of it comes back (ATTACKS 10, 30)", (_what, text) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: "malformed_json", message: expect.not.stringContaining("hunter2") as string }),
    );
  });

  test("that is not UTF-8 is malformed", () => {
    const body = new Uint8Array([0x7b, 0xff, 0x7d]);
    expect(() => parseBody({ body, mediaType: "application/json" })).toThrow(
      expect.objectContaining({ code: "malformed_json" }),
    );
  });

  test("keeps numbers as they were spelled", () => {
    const text = '{"value":{"big":9007199254740993,"exact":1.10,"small":1e-400,"plain":7}}';
    expect(printJson(parse(text) as never)).toBe(text);
  });

  test("cannot reach a prototype (ATTACKS 10)", () => {
    const body = parse('{"__proto__":{"admin":true},"constructor":1}');
    expect(Object.getPrototypeOf(body)).toBeNull();
    expect(Object.keys(body)).toEqual(["__proto__", "constructor"]);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  test("faults that are not the caller's go through as they are", () => {
    const create = vi.spyOn(Object, "create").mockImplementation(() => {
      throw new RangeError("ours");
    });
    try {
      expect(() => parse("{}")).toThrow(RangeError);
    } finally {
      create.mockRestore();
    }
  });
});
