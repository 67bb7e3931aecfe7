import fc from "fast-check";
import { expect, test } from "vitest";
import { codeOf } from "./code-of.fixture.ts";
import { encodeEntryBundle, parseEntryBundle } from "./entry-bundle.ts";

test("entries come back as they went in, also none and empty ones", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 600 })), (entries) => {
      expect(parseEntryBundle(encodeEntryBundle(entries))).toEqual(entries);
    }),
  );
  const longest = new Uint8Array(65_535).fill(1);
  expect(parseEntryBundle(encodeEntryBundle([longest]))).toEqual([longest]);
});

test("each entry stands after its big-endian length", () => {
  expect(encodeEntryBundle([Uint8Array.of(7), new Uint8Array(0)])).toEqual(Uint8Array.of(0, 1, 7, 0, 0));
});

test("an entry of more than 65,535 bytes does not fit", () => {
  expect(codeOf(() => encodeEntryBundle([new Uint8Array(65_536)]))).toBe("value_too_large");
});

test("a bundle cut off anywhere but between entries is refused", () => {
  const bundle = encodeEntryBundle([Uint8Array.of(1, 2), Uint8Array.of(3)]);
  for (const length of [1, 2, 3, 5, 6]) {
    expect(codeOf(() => parseEntryBundle(bundle.subarray(0, length)))).toBe("tile_invalid");
  }
  expect(parseEntryBundle(bundle.subarray(0, 4))).toEqual([Uint8Array.of(1, 2)]);
});
