import { random } from "@holdfast/engine/crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { identityOf, unwrapKey, wrapKey } from "./wrap.ts";

const parts = fc.array(fc.oneof(fc.string({ unit: "grapheme" }), fc.uint8Array()), { maxLength: 4 });
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("a wrapped key", () => {
  const kek = random(32);
  const key = random(32);

  it("unwraps under its KEK and identity, and in no other way", () => {
    const wrapped = wrapKey(kek, key, identityOf("dek", "tn_a"));
    expect(wrapped.byteLength).toBe(24 + 32 + 16);
    expect(hex(unwrapKey(kek, wrapped, identityOf("dek", "tn_a"))!)).toBe(hex(key));
    expect(unwrapKey(random(32), wrapped, identityOf("dek", "tn_a"))).toBeUndefined();
    expect(unwrapKey(kek, wrapped, identityOf("dek", "tn_b"))).toBeUndefined();
    expect(unwrapKey(kek, wrapped.subarray(0, 40), identityOf("dek", "tn_a"))).toBeUndefined();
  });

  it("never looks the same twice", () => {
    expect(hex(wrapKey(kek, key, identityOf()))).not.toBe(hex(wrapKey(kek, key, identityOf())));
  });

  it("has an identity that no other parts share", () => {
    const bytesOf = (part: string | Uint8Array) => hex(typeof part === "string" ? Buffer.from(part) : part);
    const property = fc.property(parts, parts, (left, right) => {
      const isSame = JSON.stringify(left.map(bytesOf)) === JSON.stringify(right.map(bytesOf));
      expect(hex(identityOf(...left)) === hex(identityOf(...right))).toBe(isSame);
    });
    fc.assert(property);
    expect(hex(identityOf("ab", "c"))).not.toBe(hex(identityOf("a", "bc")));
  });
});
