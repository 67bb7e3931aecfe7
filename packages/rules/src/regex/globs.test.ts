import fc from "fast-check";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { globsOf } from "./globs.ts";
import { RegexRefused } from "./parse-regex.ts";

const statement = new DatabaseSync(":memory:").prepare("SELECT ? GLOB ? AS found");

function isFound(text: string, globs: readonly string[]): boolean {
  return globs.some((glob) => statement.get(text, glob)?.["found"] === 1);
}

function reasonOf(source: string, ignoresCase = false): string {
  try {
    return `taken: ${globsOf(source, ignoresCase).length}`;
  } catch (error) {
    if (error instanceof RegexRefused) return error.message;
    throw error;
  }
}

const repeat = fc.constantFrom("", "", "", "?", "{2}", "{0,2}", "{1,3}?");

/** Expressions that can be said in GLOBs, from pieces that overlap in all ways. */
const { expression } = fc.letrec<{ expression: string; sequence: string; part: string }>((tie) => ({
  expression: fc.array(tie("sequence"), { minLength: 1, maxLength: 2 }).map((options) => options.join("|")),
  sequence: fc.array(tie("part"), { maxLength: 4 }).map((parts) => parts.join("")),
  part: fc.oneof(
    { maxDepth: 2 },
    fc
      .tuple(
        fc.constantFrom(
          "a",
          "b",
          "-",
          "\\.",
          "\\s",
          "\\S",
          "[ab]",
          "[^a\\s]",
          "[\\]^-]",
          "[a-c\\-]",
          "[^\\]b]",
          "\\*",
          "\\?",
          "\\[",
          ".",
        ),
        repeat,
      )
      .map(([piece, times]) => piece + times),
    fc.tuple(tie("expression"), repeat).map(([inner, times]) => `(${inner})${times}`),
    fc.constant(".*"),
  ),
}));
const anchored = fc
  .tuple(fc.constantFrom("", "^"), expression, fc.constantFrom("", "$"))
  .map(([start, inner, end]) => `${start}(?:${inner})${end}`);
const text = fc.string({
  unit: fc.constantFrom("a", "b", "c", "A", "-", ".", " ", "\n", "]", "[", "^", "*", "?", "ü", "☃"),
  maxLength: 10,
});

describe("the globs of a regular expression", { timeout: 60_000 }, () => {
  it("find what the expression finds, and nothing else", () => {
    let taken = 0;
    fc.assert(
      fc.property(
        anchored,
        fc.boolean(),
        fc.array(text, { minLength: 1, maxLength: 20 }),
        (source, ignoresCase, texts) => {
          const outcome = reasonOf(source, ignoresCase);
          fc.pre(outcome.startsWith("taken"));
          taken += 1;
          const globs = globsOf(source, ignoresCase);
          const reference = new RegExp(source, ignoresCase ? "is" : "s");
          for (const one of texts)
            expect([source, one, isFound(one, globs)]).toEqual([source, one, reference.test(one)]);
        },
      ),
      { numRuns: 100 },
    );
    expect(taken).toBeGreaterThan(20);
  });

  it.each([
    ["-D", ["*-D*"]],
    ["\\s-[FTd]\\s", ["*[\t-\r ]-[FTd][\t-\r ]*"]],
    ["^/usr/(s?bin|lib)/x$", ["/usr/bin/x", "/usr/lib/x", "/usr/sbin/x"]],
    ["ab+", ["*ab*"]],
    ["a+b", ["*ab*"]],
    ["x*", ["*"]],
    ["a|^b|c$|ab", ["b*", "*a*", "*c"]],
    ["(?<name>a)\\x41", ["*aA*"]],
    ["(?i)a1", ["*[Aa]1*"]],
    ["[]^-]x", ["*[]^-]x*"]],
    ["[^]^-]x", ["*[^]^-]x*"]],
    ["[-^]", ["*[-^]*"]],
    ["[*?[]", ["*[*?[]*"]],
  ])("are few: %s", (source, globs) => {
    expect(globsOf(source, false)).toEqual(globs);
  });

  it("of an expression with two million variants are 114, because a blank ends it early", () => {
    const source = `-(W|R)\\s?(\\s|"|')([0-9a-fA-F]{2}\\s?){2,20}(\\s|"|')`;
    expect(globsOf(source, false)).toHaveLength(114);
  });
});

describe("an expression that is not taken", { timeout: 60_000 }, () => {
  it.each([
    ["ab+c", "something in the middle repeats without a bound"],
    ["a(?=b)", "groups that look around or set flags are not taken"],
    ["(?<!a)b", "groups that look around or set flags are not taken"],
    ["(a)\\1", "\\1 is not taken"],
    ["\\bword", "\\b is not taken"],
    ["a++b", "possessive repeats are not taken"],
    ["a{2}{3}", "a repeat is repeated"],
    ["*a", "* has nothing to repeat"],
    ["(a", "the ( has no )"],
    ["a)", "a ) has no ("],
    ["[a", "the [ has no ]"],
    ["[b-a]", "the range is not one from a character to a later one"],
    ["[[:alpha:]]", "named classes are not taken"],
    ["a\\", "the \\ has nothing to escape"],
    ["a{9999}", "a repeat goes from low to high, up to 1000"],
    ["^*", "an anchor is not repeated"],
    ["a^b", "an anchor stands in the middle"],
    ["\\xZZ", "\\x is followed by two hex digits"],
    ["(a|b)(c|d)x?y?z?".repeat(9), "the expression stands for more than 512 patterns"],
    [".*a".repeat(20), "the expression has more than 14 times .*"],
    ["(".repeat(40), "groups nest deeper than 32 levels"],
    ["x".repeat(3000), "the expression is longer than 2048 characters"],
  ])("says why: %s", (source, reason) => {
    expect(reasonOf(source)).toBe(reason);
  });

  it.each([
    "(a{1000}){1000}",
    "(.{0,900}a){0,2}",
    "(.{0,30}a.{0,30}b){0,20}c",
    "((a|b|c|d|e){0,40}x){0,20}",
    "(a?){500}b",
    "(.*a.{40}){5}",
    "(x+x+)+y",
    "(a|a)*b",
    "([a-z]+)*@",
    "(.*.*)*=",
  ])("is refused or taken in bounded work, not run on what an attacker writes (ATTACKS 33): %s", (source) => {
    expect(typeof reasonOf(source)).toBe("string");
  });

  it("is refused whatever it is, never thrown at", () => {
    const pieces = fc.constantFrom(...Array.from("ab()[]{}|*+?^$\\.-,19:<>=!sdwx&~"));
    fc.assert(
      fc.property(fc.string({ unit: pieces, maxLength: 30 }), (source) => {
        expect(typeof reasonOf(source)).toBe("string");
      }),
      { numRuns: 500 },
    );
  });
});
