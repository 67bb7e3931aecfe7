import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRules } from "../rule/parse-rules.ts";
import { printRule } from "../rule/print-rule.ts";
import { ruleTables } from "../tables.ts";
import { compileSigma, type SigmaCompilation } from "./compile.ts";
import { findBoth, rowsFor } from "./rows.fixture.ts";
import { sigmaFolder, sigmaRules } from "./vectors.fixture.ts";

function compiled(text: string): Extract<SigmaCompilation, { ok: true }> {
  const compilation = compileSigma(text);
  if (!compilation.ok) throw new Error(JSON.stringify(compilation.reasons));
  return compilation;
}

const rules = sigmaFolder === undefined ? [] : sigmaRules();

describe.skipIf(rules.length === 0)("the public Sigma rules (needs shared/vectors/sigma)", { timeout: 60_000 }, () => {
  it("are all there", () => expect(rules.length).toBeGreaterThanOrEqual(61));

  it.each(rules)("compile, keep their origin, and are read back from their file: $name", ({ name, text }) => {
    const { rule } = compiled(text);
    expect(rule.source!.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(rule.source!.author).not.toBe("");
    expect(rule.source!.license).toBe("Detection Rule License 1.1");
    const file = parseRules(printRule(rule), name, { profile: "extended", tables: ruleTables });
    expect(file.issues).toEqual([]);
    expect(file.rules[0]!.rule).toEqual(rule);
  });

  it.each(rules)("find in SQLite what the reference finds: $name", ({ text }) => {
    const { statement } = compiled(text);
    const rows = fc.sample(rowsFor(text), { numRuns: 150, seed: 20_260_805 });
    const { sql, reference } = findBoth(text, statement, rows);
    expect(sql).toEqual(reference);
    expect(sql.length).toBeGreaterThan(0);
    expect(sql.length).toBeLessThan(rows.length);
  });

  it("find in SQLite what the reference finds, on other rows each time", () => {
    const withRows = fc
      .constantFrom(...rules)
      .chain((rule) => fc.tuple(fc.constant(rule), fc.array(rowsFor(rule.text), { minLength: 1, maxLength: 20 })));
    fc.assert(
      fc.property(withRows, ([{ text }, rows]) => {
        const { sql, reference } = findBoth(text, compiled(text).statement, rows);
        expect(sql).toEqual(reference);
      }),
      { numRuns: 60 },
    );
  });
});
