import { describe, expect, it } from "vitest";
import { attributes } from "./landlock.ts";

/** Words of `struct landlock_ruleset_attr`, from the kernel's documentation of each version. */
const known: readonly (readonly [version: number, words: readonly bigint[]])[] = [
  [1, [0x1fffn]],
  [2, [0x3fffn]],
  [3, [0x7fffn]],
  [4, [0x7fffn, 3n]],
  [5, [0xffffn, 3n]],
  [6, [0xffffn, 3n, 3n]],
  [9, [0xffffn, 3n, 3n]],
];

describe("Landlock", () => {
  it.each(known)("is asked in version %i for every right that this version knows, and no other", (version, words) => {
    const bytes = attributes(version);
    expect(Array.from({ length: bytes.length / 8 }, (_, index) => bytes.readBigUInt64LE(index * 8))).toEqual(words);
  });
});
