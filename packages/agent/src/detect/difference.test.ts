import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeResult, differenceOf, encodeResult, type ResultRow } from "./difference.ts";

const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom("a", "b", null)), { maxLength: 12 });
const sorted = (rows: readonly ResultRow[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

describe("the difference of two results", () => {
  it("names rows that came and rows that went", () => {
    const difference = differenceOf([[1], [2], [2]], [[2], [3]]);
    expect(difference.added).toEqual([[3]]);
    expect(sorted(difference.removed)).toEqual(["[1]", "[2]"]);
    expect(differenceOf([["1"]], [[1]])).toEqual({ added: [[1]], removed: [["1"]] });
  });

  it("makes the second of the first, and is no larger than it has to be", () => {
    fc.assert(
      fc.property(rows, rows, (before, after) => {
        const { added, removed } = differenceOf(before, after);
        const left = sorted(before);
        for (const row of sorted(removed)) left.splice(left.indexOf(row), 1);
        expect([...left, ...sorted(added)].sort()).toEqual(sorted(after));
        expect(sorted(added).filter((row) => sorted(removed).includes(row))).toEqual([]);
      }),
    );
  });
});

describe("a result that is remembered", () => {
  it("comes back as it was, and anything else as nothing", () => {
    const result = { columns: ["a"], rows: [["\0\ud800", 1.5, null]] };
    expect(decodeResult(encodeResult(result))).toEqual(result);
    for (const text of [undefined, "", "{}", "[]", '{"columns":[],"rows":[1]}'])
      expect(decodeResult(text)).toBeUndefined();
  });
});
