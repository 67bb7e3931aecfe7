import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toHex, utf8 } from "./bytes.ts";
import { codeOf } from "./code-of.fixture.ts";
import { primitives } from "./primitives.fixture.ts";
import { MAX_VALUE_BYTES, open, readSealedHeader, type SealContext, seal, type SuiteNumber } from "./sealed-value.ts";

const dek = { id: new Uint8Array(16).fill(1), key: new Uint8Array(32).fill(2) };
const context: SealContext = {
  purpose: "registry",
  tenant: "tn_aibagbafaydqqcikbmga2dqpca",
  path: "applications/shop/config/db-password",
  version: 3,
  kind: "secret",
  contentType: "application/json",
};
const value = utf8("correct horse");
const numbers: SuiteNumber[] = [1, 2, 3];
const suite = fc.constantFrom(...numbers);
const sealed = (number: SuiteNumber = 1, of = value): Uint8Array => seal(primitives, number, dek, context, of);

test("what was sealed opens, with each suite", () => {
  fc.assert(
    fc.property(suite, fc.uint8Array({ maxLength: 300 }), (number, plaintext) => {
      const opened = open(primitives, dek.key, context, sealed(number, plaintext));
      expect(opened).toMatchObject({ ok: true });
      expect(opened.ok && toHex(opened.value)).toBe(toHex(plaintext));
    }),
  );
});

test("text beyond ASCII in the context binds like any other", () => {
  const elsewhere = { ...context, path: "größe/日本", contentType: "" };
  const bytes = seal(primitives, 1, dek, elsewhere, value);
  expect(open(primitives, dek.key, elsewhere, bytes).ok).toBe(true);
  expect(open(primitives, dek.key, { ...elsewhere, path: "größe/日木" }, bytes).ok).toBe(false);
  expect(codeOf(() => seal(primitives, 1, dek, { ...context, path: "\ud800" }, value))).toBe("encoding_invalid");
});

test("sealing the same twice gives nothing in common but the header", () => {
  const [one, other] = [sealed(), sealed()];
  expect(toHex(one.subarray(0, 21))).toBe(toHex(other.subarray(0, 21)));
  for (const [start, end] of [
    [21, 53],
    [53, 85],
    [85, one.byteLength],
  ] as const) {
    expect(toHex(one.subarray(start, end))).not.toBe(toHex(other.subarray(start, end)));
  }
});

describe("a sealed value does not open", () => {
  const moved: [string, Partial<SealContext>][] = [
    ["purpose", { purpose: "kek" }],
    ["tenant", { tenant: "tn_aibagbafaydqqcikbmga2dqpcb" }],
    ["path", { path: "applications/shop/config/db-password2" }],
    ["version", { version: 4 }],
    ["kind", { kind: "config" }],
    ["content type", { contentType: "text/plain" }],
  ];
  test.each(moved)("in another %s", (_, change) => {
    expect(open(primitives, dek.key, { ...context, ...change }, sealed())).toEqual({
      ok: false,
      reason: "wrong_key_or_context",
    });
  });

  test("where letters moved from one field of the context to the next", () => {
    const one = seal(primitives, 1, dek, { ...context, purpose: "ab", tenant: "c" }, value);
    expect(open(primitives, dek.key, { ...context, purpose: "a", tenant: "bc" }, one).ok).toBe(false);
  });

  test("with another key", () => {
    const reason = "wrong_key_or_context";
    expect(open(primitives, new Uint8Array(32), context, sealed())).toEqual({ ok: false, reason });
  });

  test.each(numbers)("with any bit changed, suite %i", (number) => {
    const bytes = sealed(number);
    fc.assert(
      fc.property(fc.nat(bytes.byteLength * 8 - 1), (bit) => {
        const changed = bytes.slice();
        changed[bit >> 3]! ^= 1 << (bit & 7);
        expect(open(primitives, dek.key, context, changed).ok).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test("cut off, made longer, or with its body swapped for another's", () => {
    const bytes = sealed();
    for (let length = 0; length < bytes.byteLength; length++) {
      expect(open(primitives, dek.key, context, bytes.subarray(0, length)).ok).toBe(false);
    }
    const longer = new Uint8Array(bytes.byteLength + 1);
    longer.set(bytes);
    expect(open(primitives, dek.key, context, longer)).toEqual({ ok: false, reason: "damaged" });
    const swapped = bytes.slice();
    swapped.set(sealed().subarray(85), 85);
    expect(open(primitives, dek.key, context, swapped)).toEqual({ ok: false, reason: "damaged" });
  });

  test("whatever the bytes are", () => {
    const start = fc.constantFrom("", "4846", "484601", "4846010001", "4846010004");
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 150 }), (prefix, rest) => {
        const bytes = Uint8Array.of(...Buffer.from(prefix, "hex"), ...rest);
        expect(open(primitives, dek.key, context, bytes).ok).toBe(false);
      }),
    );
  });
});

describe("the header", () => {
  test("tells suite and DEK before the key is known", () => {
    for (const number of numbers) {
      expect(readSealedHeader(sealed(number))).toEqual({ suite: number, dekId: dek.id });
    }
  });

  test("of another magic, version or suite is malformed", () => {
    const cases = [
      [0, 0x47],
      [1, 0x47],
      [2, 2],
      [3, 1],
      [4, 0],
      [4, 4],
    ] as const;
    for (const [at, byte] of cases) {
      const bytes = sealed();
      bytes[at] = byte;
      expect(readSealedHeader(bytes)).toBe(undefined);
      expect(open(primitives, dek.key, context, bytes)).toEqual({ ok: false, reason: "malformed" });
    }
  });
});

describe("limits", () => {
  test("a value of 16 MiB seals, one byte more does not", () => {
    const largest = new Uint8Array(MAX_VALUE_BYTES);
    const bytes = sealed(1, largest);
    expect(open(primitives, dek.key, context, bytes).ok).toBe(true);
    expect(codeOf(() => sealed(1, new Uint8Array(MAX_VALUE_BYTES + 1)))).toBe("value_too_large");
    const longer = new Uint8Array(bytes.byteLength + 1);
    longer.set(bytes.subarray(0, 100));
    expect(readSealedHeader(longer)).toBe(undefined);
  });

  test("a DEK has 16 bytes of id and 32 of key", () => {
    expect(codeOf(() => seal(primitives, 1, { ...dek, id: new Uint8Array(15) }, context, value))).toBe("key_invalid");
    expect(codeOf(() => seal(primitives, 1, { ...dek, key: new Uint8Array(31) }, context, value))).toBe("key_invalid");
    expect(codeOf(() => open(primitives, new Uint8Array(33), context, sealed()))).toBe("key_invalid");
  });

  test("a version is an integer of 64 bits, as a number or bigint", () => {
    const bytes = seal(primitives, 1, dek, { ...context, version: 3n }, value);
    expect(open(primitives, dek.key, context, bytes).ok).toBe(true);
    expect(codeOf(() => seal(primitives, 1, dek, { ...context, version: -1 }, value))).toBe("out_of_range");
  });

  test("a context has 4,096 bytes at the most", () => {
    for (const change of [{ path: "a".repeat(4096) }, { contentType: "é".repeat(2030) }, { kind: "a".repeat(4000) }]) {
      expect(codeOf(() => seal(primitives, 1, dek, { ...context, ...change }, value))).toBe("out_of_range");
    }
    const long = { ...context, path: "é".repeat(256), contentType: "a".repeat(255) };
    expect(open(primitives, dek.key, long, seal(primitives, 1, dek, long, value)).ok).toBe(true);
  });
});
