import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codeOf } from "./code-of.fixture.ts";
import * as bytes from "./bytes.ts";

const of = (...values: number[]): Uint8Array => Uint8Array.from(values);

test("parts are joined in order, also none and empty ones", () => {
  expect(bytes.concat()).toEqual(of());
  expect(bytes.concat(of(1), of(), of(2, 3))).toEqual(of(1, 2, 3));
});

test("bytes are equal when every one is, and the length", () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (left, right) => {
      expect(bytes.equal(left, right)).toBe(bytes.toHex(left) === bytes.toHex(right));
      expect(bytes.equal(left, left.slice())).toBe(true);
    }),
  );
  expect(bytes.equal(of(1, 2), of(1, 3))).toBe(false);
  expect(bytes.equal(of(1, 2), of(1))).toBe(false);
});

describe("UTF-8", () => {
  test("comes back as it went in, a byte order mark too", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => bytes.fromUtf8(bytes.utf8(text)) === text));
    expect(bytes.fromUtf8(bytes.utf8("\ufeffa"))).toBe("\ufeffa");
  });

  test("refuses what it would have to replace", () => {
    expect(codeOf(() => bytes.utf8("a\ud800"))).toBe("encoding_invalid");
    for (const invalid of [of(0xff), of(0xc0, 0x80), of(0xed, 0xa0, 0x80), of(0xe2, 0x82)]) {
      expect(codeOf(() => bytes.fromUtf8(invalid))).toBe("encoding_invalid");
    }
  });
});

describe("hexadecimal", () => {
  test("comes back as it went in, as node spells it", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (value) => {
        expect(bytes.toHex(value)).toBe(Buffer.from(value).toString("hex"));
        expect(bytes.fromHex(bytes.toHex(value))).toEqual(value);
      }),
    );
  });

  test("has one spelling", () => {
    for (const text of ["a", "AB", "0x", "g0", " 00", "00\n"]) {
      expect(codeOf(() => bytes.fromHex(text))).toBe("encoding_invalid");
    }
  });
});

describe("base 64", () => {
  const variants = [
    ["base64", bytes.toBase64, bytes.fromBase64],
    ["base64url", bytes.toBase64url, bytes.fromBase64url],
  ] as const;

  test.each(variants)("%s comes back as it went in, as node spells it", (name, encode, decode) => {
    fc.assert(
      fc.property(fc.uint8Array(), (value) => {
        expect(encode(value)).toBe(Buffer.from(value).toString(name));
        expect(decode(encode(value))).toEqual(value);
      }),
    );
  });

  test.each(variants)("%s has one spelling: what it accepts, it would write", (_, encode, decode) => {
    const letters = fc.constantFrom("A", "B", "w", "g", "=", "/", "-", " ", "é", "☃");
    fc.assert(
      fc.property(fc.string({ unit: letters }), (text) => {
        const code = codeOf(() => decode(text));
        expect(code ?? encode(decode(text))).toBe(code === undefined ? text : "encoding_invalid");
      }),
    );
  });

  test("refuses blanks, missing or wrong padding, loose bits and the other alphabet", () => {
    for (const text of ["QQ", "QQ=", "QQ=\n", "Q===", "QR==", "QUJ=", "Q Q=", "QQ==QQ==", "-_-_", "====", "☃☃☃☃"]) {
      expect(codeOf(() => bytes.fromBase64(text))).toBe("encoding_invalid");
    }
    for (const text of ["QQ==", "Q", "QR", "+/+/", "QQQQQ"]) {
      expect(codeOf(() => bytes.fromBase64url(text))).toBe("encoding_invalid");
    }
  });
});

describe("big-endian integers", () => {
  test("come back as they went in", () => {
    fc.assert(fc.property(fc.nat(0xffff), (value) => bytes.readU16be(bytes.u16be(value), 0) === value));
    fc.assert(fc.property(fc.nat(0xffff_ffff), (value) => bytes.readU32be(bytes.u32be(value), 0) === value));
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => Buffer.from(bytes.u64be(value)).readBigUInt64BE() === BigInt(value)),
    );
    expect(bytes.u64be(0xffff_ffff_ffff_ffffn)).toEqual(new Uint8Array(8).fill(255));
    expect(bytes.u64be(258n)).toEqual(bytes.u64be(258));
  });

  test("are read where they stand", () => {
    expect(bytes.readU16be(of(9, 1, 2), 1)).toBe(258);
  });

  test("are refused when they do not fit", () => {
    for (const value of [-1, 65_536, 1.5, Number.NaN]) expect(codeOf(() => bytes.u16be(value))).toBe("out_of_range");
    expect(codeOf(() => bytes.u32be(2 ** 32))).toBe("out_of_range");
    for (const value of [2 ** 53, -1n, 2n ** 64n]) expect(codeOf(() => bytes.u64be(value))).toBe("out_of_range");
    expect(codeOf(() => bytes.readU16be(of(1), 0))).toBe("out_of_range");
    expect(codeOf(() => bytes.readU16be(of(1, 2), -1))).toBe("out_of_range");
  });
});
