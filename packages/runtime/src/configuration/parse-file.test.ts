import fc from "fast-check";
import { stringify as printToml } from "smol-toml";
import { describe, expect, it } from "vitest";
import { stringify as printYaml } from "yaml";
import { bounds } from "./bounds.ts";
import { plainValue } from "./node.ts";
import { parseFile } from "./parse-file.ts";
import { printProblem } from "./problem.ts";

const parse = (text: string, kind: string) => parseFile(text, `/etc/a.${kind}`, "system");
const problemsOf = (text: string, kind: string) => parse(text, kind).problems.map(printProblem);
const kinds = ["yaml", "toml", "json"] as const;

/** Two equal values may differ in their prototypes. */
const plainly = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const key = fc.oneof(fc.stringMatching(/^[a-z][A-Za-z0-9_-]{0,8}$/), fc.string({ minLength: 1, maxLength: 6 }));
const scalar = fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.stringMatching(/^[ '"\\#:[\]{},=\n\t-]{0,8}$/));
const table = fc.letrec<{ table: Record<string, unknown>; value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    scalar,
    fc.array(scalar, { maxLength: 4 }),
    fc.array(tie("table"), { maxLength: 3 }),
    tie("table"),
  ),
  table: fc.dictionary(
    key.filter((name) => !["__proto__", "constructor", "prototype"].includes(name)),
    tie("value"),
    { maxKeys: 4, noNullPrototype: true },
  ),
})).table;

describe("a configuration file", () => {
  it.each([
    ["json", (value: object) => JSON.stringify(value)],
    ["json", (value: object) => JSON.stringify(value, null, 2)],
    // Its own block texts do not keep a line of blanks.
    ["yaml", (value: object) => printYaml(value, { blockQuote: false, lineWidth: 0 })],
    ["yaml", (value: object) => JSON.stringify(value)],
    ["toml", (value: object) => printToml(value)],
  ] as const)("says in %s what was written by another printer (%#)", (kind, print) => {
    fc.assert(
      fc.property(table, (value) => {
        const { node, problems } = parse(print(value), kind);
        expect(problems).toEqual([]);
        expect(plainly(plainValue(node) ?? {})).toEqual(plainly(value));
      }),
    );
  });

  it.each(kinds)("as %s is parsed or refused with places inside it, whatever it holds", (kind) => {
    const lines = fc.array(
      fc.oneof(
        fc.string({ unit: "binary", maxLength: 12 }),
        fc.stringMatching(/^[ \t]{0,3}[-?]? ?[a-c"'&*!|>%@`[\]{},:#=]{0,8}$/),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(lines, (parts) => {
        const text = parts.join("\n");
        const written = text.replace(/^\uFEFF/, "").split("\n");
        for (const { origin } of parse(text, kind).problems) {
          const { line, column } = origin as { line: number; column: number };
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(written.length);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual(written[line - 1]!.length + 1);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["yaml", "a: 1\nb: 2\na: 3\n", ':3:1: "a" is given twice'],
    ["json", '{"a": 1,\n "a": 2}', ':2:2: "a" is given twice'],
    ["toml", "a = 1\na = 2\n", ":2:1: this is not TOML: trying to redefine an already defined table or value"],
    ["toml", "[a]\n[a]\n", ":2:2: this is not TOML: trying to redefine an already defined table or value"],
    ["yaml", "a: 1\n__proto__: {b: 1}\n", ':2:1: "__proto__" is no name of a setting'],
    ["json", '{"constructor": 1}', ':1:2: "constructor" is no name of a setting'],
    ["toml", "[x.prototype]\n", ':1:4: "prototype" is no name of a setting'],
    ["yaml", "a: !!binary aGk=\n", ":1:13: a tag (a word that begins with !) is not allowed"],
    ["yaml", "a: !thing b\n", ":1:4: this is not YAML: a tag (a word that begins with !) is not allowed"],
    ["yaml", "a: 1\n---\nb: 2\n", ":2:1: the file has more than one document"],
    ["yaml", "a: *b\n", ":1:4: an alias has no anchor before it"],
    ["yaml", "1: a\n", ":1:1: a key is not text; write it in quotes"],
    ["yaml", "? [a]\n: b\n", ":1:3: a key is not text; write it in quotes"],
    ["yaml", "a:\n\tb: 1\n", ":2:1: this is not YAML: a line is indented by a tab; use blanks"],
    ["toml", "a = 1979-05-27\n", ":1:1: a date or a time is no value of a setting; write it in quotes"],
    ["json", '{"a": 1} 2', ":1:10: this is not JSON: text after the end of the value"],
  ])("as %s is refused at its place: %j", (kind, text, problem) => {
    expect(problemsOf(text, kind)).toEqual([`/etc/a.${kind}${problem}`]);
  });

  it.each([
    ["yaml", `a: 'hunter2\n`],
    ["yaml", `a: hunter2: b\n`],
    ["yaml", `a: "hunter2\\q"\n`],
    ["yaml", `a: !hunter2 b\n`],
    ["yaml", `a: *hunter2\n`],
    ["toml", `a = 'hunter2\n`],
    ["toml", `a = hunter2\n`],
    ["toml", `a = "hunter2\\q"\n`],
    ["json", `{"a": "hunter2}`],
    ["json", `{"a": hunter2}`],
  ])("as %s is refused without a word of it (ATTACKS 47): %j", (kind, text) => {
    const problems = problemsOf(text, kind);
    expect(problems).toHaveLength(1);
    expect(problems.join()).not.toContain("hunter2");
  });

  it.each([
    ["yaml", "[".repeat(bounds.maxFileBytes)],
    ["yaml", "- ".repeat(bounds.maxFileBytes / 2)],
    ["yaml", "? ".repeat(bounds.maxFileBytes / 2)],
    ["yaml", `a: ${"{a: ".repeat(30)}1${"}".repeat(30)}`],
    ["yaml", "a: &a [*a]"],
    ["json", "[".repeat(bounds.maxFileBytes)],
    ["json", '{"a":'.repeat(bounds.maxFileBytes / 5)],
    [
      "toml",
      Array.from({ length: 20 }, (_, index) => `k${index}`)
        .join(".")
        .concat(" = 1"),
    ],
    ["toml", `a = ${"[".repeat(bounds.maxFileBytes)}`],
  ])("as %s is refused when it is deep (%#)", (kind, text) => {
    expect(problemsOf(text, kind).join()).toMatch(/more than 16 levels|excessively nested/);
  });

  it.each([
    ["yaml", Array.from({ length: bounds.maxValues }, (_, index) => `k${index}: 1\n`).join("")],
    ["yaml", `a: [${"1,".repeat(bounds.maxValues)}]`],
    ["yaml", `- ,\n`.repeat(bounds.maxTokens / 2)],
    ["json", `[${"1,".repeat(bounds.maxValues)}1]`],
    ["toml", `a = [${"1,".repeat(bounds.maxValues)}]`],
  ])("as %s is refused when it has too many values (%#)", (kind, text) => {
    expect(problemsOf(text, kind).join()).toMatch(/more than 20000 values|too many words/);
  });

  it("is refused when its aliases multiply it, and takes a few", () => {
    const levels = ["a: &a0 [1,1,1,1,1,1,1,1]"];
    for (let level = 1; level <= 7; level++) {
      levels.push(`k${level}: &a${level} [${`*a${level - 1},`.repeat(8)}]`);
    }
    expect(problemsOf(levels.join("\n"), "yaml").join()).toContain("more than 20000 values");
    const many = `a: &a 1\nb: [${"*a,".repeat(bounds.maxAliases + 1)}]`;
    expect(problemsOf(many, "yaml").join()).toContain("more than 64 aliases");
    expect(plainly(plainValue(parse("a: &a [1]\nb: *a\nc: &a 2\nd: *a\n", "yaml").node))).toEqual({
      a: [1],
      b: [1],
      c: 2,
      d: 2,
    });
  });

  it("may begin with a byte order mark, which moves no column", () => {
    expect(problemsOf("\uFEFFa: 1\na: 2", "yaml")).toEqual(['/etc/a.yaml:2:1: "a" is given twice']);
  });
});
