import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KernelError } from "./errors.ts";
import { isRawNumber, type JsonLimits, parseJson, printJson } from "./json.ts";

interface Refused {
  readonly code?: string;
  readonly position?: number | undefined;
  readonly message?: string;
}

const refusal = (text: string, limits?: JsonLimits): Refused => {
  try {
    parseJson(text, limits);
    return {};
  } catch (error) {
    return error as KernelError;
  }
};
const malformedAt = (position: number): Refused => ({ code: "json_malformed", position });
const tooLarge: Refused = { code: "json_too_large" };

test("any JSON means what it means to JSON.parse", () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: "grapheme" }), (text) => {
      expect(JSON.parse(printJson(parseJson(text)))).toEqual(JSON.parse(text));
    }),
  );
});

test("blanks may stand where the grammar has them", () => {
  expect(printJson(parseJson(' \t\r\n{ "a" : [ 1 , true , false , null , { } , [ ] ] } '))).toBe(
    '{"a":[1,true,false,null,{},[]]}',
  );
});

test("numbers come out as they went in, beyond 2^53 and doubles too", () => {
  const sources = ["0", "-0", "1.0", "1e5", "1E+5", "9007199254740993", "18446744073709551615", "1e400", "0.1", "1e-7"];
  for (const source of sources) expect(printJson(parseJson(`[${source}]`))).toBe(`[${source}]`);
  const whole = fc.bigInt().map(String);
  fc.assert(fc.property(whole, (source) => printJson(parseJson(source)) === source));
  expect(isRawNumber(parseJson("1.0"))).toBe(true);
  expect(isRawNumber(parseJson("1.5"))).toBe(false);
  expect(isRawNumber(parseJson('{"rawJSON":"1.0"}'))).toBe(false);
});

test("__proto__ and constructor are members like any other", () => {
  const value = parseJson('{"__proto__":{"isAdmin":true},"constructor":1,"hasOwnProperty":2}') as object;
  expect(Object.getPrototypeOf(value)).toBe(null);
  expect(Object.keys(value)).toEqual(["__proto__", "constructor", "hasOwnProperty"]);
  expect("isAdmin" in {}).toBe(false);
});

test("a member given twice is refused, however it is spelled", () => {
  expect(refusal('{"a":1,"a":2}')).toMatchObject(malformedAt(7));
  expect(refusal(String.raw`{"a":1,"\u0061":2}`)).toMatchObject(malformedAt(7));
  expect(refusal('{"__proto__":1,"__proto__":2}')).toMatchObject(malformedAt(15));
  expect(printJson(parseJson('{"a":{"a":1},"b":{"a":1}}'))).toBe('{"a":{"a":1},"b":{"a":1}}');
});

describe("what RFC 8259 does not allow is refused at its position", () => {
  test.each([
    ["", 0],
    ["  ", 2],
    ["[1,]", 3],
    ["[,1]", 1],
    ["[1 2]", 3],
    ["[1", 2],
    ["{", 1],
    ['{"a"}', 4],
    ['{"a":}', 5],
    ['{"a":1,}', 7],
    ["{a:1}", 1],
    ['{"a":1', 6],
    ["tru", 0],
    ["nul", 0],
    ["falsy", 0],
    ["True", 0],
    ["NaN", 0],
    ["+1", 0],
    [".5", 0],
    ["01", 1],
    ["1.", 1],
    ["1e", 1],
    ["-", 0],
    ["'a'", 0],
    ["1 1", 2],
    ['"a', 2],
    ['"a\\', 4],
    ['"\u0000"', 1],
    ['"\n"', 1],
    [String.raw`"\x"`, 0],
    [String.raw`"\u12g4"`, 0],
    [String.raw`"\ud800"`, 0],
    ['"\udc00"', 0],
    ["\ufeff1", 0],
    ["\u00a01", 0],
    ["// a", 0],
  ])("%j at %i", (text, position) => {
    expect(refusal(text)).toMatchObject(malformedAt(position));
    // JSON.parse agrees, apart from lone surrogates: those have no UTF-8.
    expect(isRefusedByJsonParse(text)).toBe(!hasLoneSurrogate(text));
  });
});

const hasLoneSurrogate = (text: string): boolean => /\\ud800|\udc00/.test(text);

const isRefusedByJsonParse = (text: string): boolean => {
  try {
    JSON.parse(text);
    return false;
  } catch {
    return true;
  }
};

test("whatever the text, the answer is a value or a refusal that does not quote it", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'[]{},:"\\eE+-.01atruflsn \n\ud800'.split("")) }), (text) => {
      const { code = "", message = "" } = refusal(text);
      expect(isRefusedByJsonParse(text) && code === "").toBe(false);
      expect(message).toMatch(/^[a-z0-9 ,:}\]]*$/);
    }),
  );
});

describe("a document is bounded", () => {
  test("in depth, without exhausting the stack", () => {
    expect(refusal(`${"[".repeat(64)}${"]".repeat(64)}`)).toEqual({});
    expect(refusal("[".repeat(65))).toMatchObject(tooLarge);
    expect(refusal("[".repeat(1_000_000), { maxDepth: 1_000_000 })).toMatchObject(tooLarge);
    expect(refusal('{"a":'.repeat(1_000_000), { maxDepth: Number.POSITIVE_INFINITY })).toMatchObject(tooLarge);
  });

  test("in members and values, of all levels together", () => {
    const limits = { maxKeys: 2, maxValues: 4 };
    expect(printJson(parseJson('{"a":{"b":[1]}}', limits))).toBe('{"a":{"b":[1]}}');
    expect(refusal('{"a":{"b":1,"c":2}}', limits)).toMatchObject(tooLarge);
    expect(refusal("[1,2,3,4]", limits)).toMatchObject(tooLarge);
    expect(refusal(`[${"0,".repeat(100_000)}0]`)).toMatchObject(tooLarge);
  });

  test("in the length of a number", () => {
    expect(printJson(parseJson("9".repeat(1024)))).toBe("9".repeat(1024));
    expect(refusal("9".repeat(1025))).toMatchObject(tooLarge);
  });

  test("but a string may be as long as the document", () => {
    const long = JSON.stringify(`"${"x".repeat(2_000_000)}`);
    expect(printJson(parseJson(long))).toBe(long);
  });
});
