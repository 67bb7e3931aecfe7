import { decodePathOnce, parsePath } from "@holdfast/kernel/paths";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encode, rowOf } from "./encode.ts";

const targetOf = (key: string) => encode("secret.read", rowOf("secret.read"), { key }).target;

describe("a key in a path", () => {
  const segment = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
  const key = fc.array(segment, { minLength: 1, maxLength: 5 }).map((segments) => segments.join("/").normalize("NFC"));

  test("that is canonical reaches the server as itself, decoded once", () => {
    const canonical = key.filter((text) => parsePath(text).ok);
    fc.assert(
      fc.property(canonical, (text) => {
        const target = targetOf(text);
        expect(target).toMatch(/^\/api\/secrets\/[A-Za-z0-9\-_.!~*'()%/]+$/);
        expect(decodePathOnce(target.slice("/api/secrets/".length))).toMatchObject({ ok: true, path: text });
      }),
    );
  });

  test("that is not is never sent", () => {
    const other = fc.oneof(fc.string({ unit: "binary" }), key).filter((text) => !parsePath(text).ok);
    fc.assert(
      fc.property(other, (text) => {
        expect(() => targetOf(text)).toThrow(/not canonical/);
      }),
    );
  });
});

describe("an input", () => {
  test("leaves out what its caller does not have", () => {
    const { target, body } = encode("secret.put", rowOf("secret.put"), { key: "a", value: null, cas: undefined });
    expect({ target, body }).toEqual({ target: "/api/secrets/a", body: '{"value":null}' });
  });

  test("cannot smuggle a field by the names of the object's own members", () => {
    const input = JSON.parse('{"key":"a","__proto__":{"value":1}}') as object;
    expect(() => encode("secret.read", rowOf("secret.read"), input)).toThrow("takes no __proto__");
    expect(() => encode("secret.read", rowOf("secret.read"), { key: "a", constructor: 1 })).toThrow(
      "takes no constructor",
    );
  });
});
