import fc from "fast-check";
import { expect, test } from "vitest";
import { plainLine } from "./plain-line.ts";

test.each([
  ["two\nlines\r\n", String.raw`two\nlines\r\n`],
  ["\u001B[31mred\u001B[0m", String.raw`\u{1b}[31mred\u{1b}[0m`],
  ["a\u0000b\tc\u007F\u009B", String.raw`a\u{0}b\tc\u{7f}\u{9b}`],
  ["gpj.\u202Eexe", String.raw`gpj.\u{202e}exe`],
  ["zero\u200Bwidth\uFEFF", String.raw`zero\u{200b}width\u{feff}`],
  ["line\u2028separator", String.raw`line\u{2028}separator`],
  ["tag\u{E0041}", String.raw`tag\u{e0041}`],
  ["lone \uD800", "lone \uFFFD"],
  ["naïve 日本 😀", "naïve 日本 😀"],
])("%j shows every character", (text, expected) => {
  expect(plainLine(text, 100)).toBe(expected);
});

test("a line that is too long ends with a sign of it, and never with half a character", () => {
  expect(plainLine("abcdef", 5)).toBe("abcd…");
  expect(plainLine("abcde", 5)).toBe("abcde");
  expect(plainLine("😀😀😀", 2)).toBe("😀…");
});

test("of any text comes one well-formed line, as long as it may be, in which nothing acts", () => {
  const texts = fc.string({
    unit: fc.oneof(fc.constantFrom("\n", "\u001B", "\u202E", "\uD83D", "😀", "x"), fc.string({ unit: "binary" })),
  });
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 50 }), (text, most) => {
      const line = plainLine(text, most);
      expect(line.isWellFormed()).toBe(true);
      expect(Array.from(line).length).toBeLessThanOrEqual(most);
      expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    }),
  );
});
