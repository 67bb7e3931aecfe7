import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codeOf } from "./code-of.fixture.ts";
import { toHex, utf8 } from "./bytes.ts";
import { canonicalJson } from "./canonical-json.ts";
import { parseJson } from "./json.ts";
import { vectorFiles, vectorsFolder, vectorText } from "./vectors.fixture.ts";

describe.skipIf(vectorsFolder === undefined)("RFC 8785 vectors (cyberphone/json-canonicalization)", () => {
  test("every input comes to its output, byte by byte", () => {
    const inputs = vectorFiles("jcs/testdata/input");
    expect(inputs).toHaveLength(6);
    for (const input of inputs) {
      const text = canonicalJson(JSON.parse(vectorText(input)));
      expect(text).toBe(vectorText(input.replace("input", "output")).trimEnd());
      const hex = vectorText(input.replace("input", "outhex").replace(".json", ".txt"));
      expect(toHex(utf8(text))).toBe(hex.replaceAll(/\s/g, ""));
    }
  });
});

test("is a fixed point, and does not depend on the order of members", () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "grapheme" }), (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
      expect(canonicalJson(parseJson(text, { maxDepth: 512 }))).toBe(text);
      expect(canonicalJson(reversed(value))).toBe(text);
    }),
  );
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]) => [key, reversed(member)] as const)
      .toReversed(),
  );
}

test("writes doubles as RFC 8785 appendix B does", () => {
  const samples: [number, string][] = [
    [0, "0"],
    [-0, "0"],
    [5e-324, "5e-324"],
    [1.7976931348623157e308, "1.7976931348623157e+308"],
    [9007199254740992, "9007199254740992"],
    [295147905179352830000, "295147905179352830000"],
    [1e21, "1e+21"],
    [9.999999999999997e22, "9.999999999999997e+22"],
    [333333333.3333332, "333333333.3333332"],
  ];
  for (const [value, text] of samples) expect(canonicalJson(value)).toBe(text);
});

test("sorts members by UTF-16 code units", () => {
  expect(canonicalJson({ "\ufb33": 1, "\ud83d\ude00": 2, a: 3, "": 4 })).toBe(
    '{"":4,"a":3,"\ud83d\ude00":2,"\ufb33":1}',
  );
});

test("a number that kept its source is written when a double holds its value, and refused when none does", () => {
  const written = [
    ["1.0", "1"],
    ["-0", "0"],
    ["-0.0e5", "0"],
    ["1E30", "1e+30"],
    ["4.50", "4.5"],
    ["2e-3", "0.002"],
    ["100e-2", "1"],
    ["-1.50e1", "-15"],
    ["9007199254740994.0", "9007199254740994"],
  ] as const;
  for (const [source, text] of written) expect(canonicalJson(parseJson(source))).toBe(text);
  for (const source of ["9007199254740993", "1e400", "-1e400", "1e-400", "333333333.33333329", "0.10000000000000001"]) {
    expect(codeOf(() => canonicalJson(parseJson(source)))).toBe("json_not_canonical");
  }
});

test("what has no canonical form is refused", () => {
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  const none = [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    undefined,
    1n,
    Symbol("a"),
    () => 1,
    "\ud800",
    new Date(0),
    new Map(),
    cyclic,
  ];
  for (const value of none) {
    expect(codeOf(() => canonicalJson(value))).toBe("json_not_canonical");
    expect(codeOf(() => canonicalJson({ a: [value] }))).toBe("json_not_canonical");
  }
  expect(codeOf(() => canonicalJson({ "\ud800": 1 }))).toBe("json_not_canonical");
  // A hole in an array is not a null.
  expect(codeOf(() => canonicalJson(Array.from({ length: 1 })))).toBe("json_not_canonical");
});
