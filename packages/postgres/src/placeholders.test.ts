import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { numberPlaceholders, Statements } from "./placeholders.ts";

describe("a placeholder", () => {
  it("is a bare question mark, and gets the next number", () => {
    expect(numberPlaceholders("SELECT * FROM t WHERE (a, b) > (?, ?) LIMIT ?")).toBe(
      "SELECT * FROM t WHERE (a, b) > ($1, $2) LIMIT $3",
    );
    expect(numberPlaceholders("SELECT 1")).toBe("SELECT 1");
  });

  it("is none inside of a string, a quoted identifier or a comment", () => {
    const sql = `SELECT '?', 'it''s ?', "a?""b?" -- why?\n FROM t /* ? */ WHERE a = ?`;
    expect(numberPlaceholders(sql)).toBe(`SELECT '?', 'it''s ?', "a?""b?" -- why?\n FROM t /* ? */ WHERE a = $1`);
  });

  it("is found between any parts, and nothing else is touched", () => {
    const content = fc.string({ unit: fc.constantFrom("?", "a", " ", "'", '"', "$1", "é", "🔑") });
    const opaque = fc.oneof(
      content.map((text) => `'${text.replaceAll("'", "''")}'`),
      content.map((text) => `"${text.replaceAll('"', '""')}"`),
      content.map((text) => `--${text}\n`),
      content.map((text) => `/*${text}*/`),
      fc.constantFrom("a", " ", "=", "$$", "-", "/", "*", "(", "\n").map((text) => `${text} `),
    );
    const parts = fc.array(fc.oneof(opaque, fc.constant("?")), { maxLength: 20 });
    fc.assert(
      fc.property(parts, (all) => {
        let count = 0;
        const expected = all.map((part) => (part === "?" ? `$${++count}` : part)).join("");
        expect(numberPlaceholders(all.join(""))).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe("statements", () => {
  it("have one name for one text, and another for another", () => {
    const statements = new Statements();
    const first = statements.get("SELECT ?");
    expect(first.text).toBe("SELECT $1");
    expect(first.name).toMatch(/^holdfast_[0-9a-f]{40}$/);
    expect(statements.get("SELECT ?")).toBe(first);
    expect(new Statements().get("SELECT ?")).toEqual(first);
    expect(statements.get("SELECT ? ").name).not.toBe(first.name);
  });

  it("are prepared up to a bound, and answered without a name beyond it", () => {
    const statements = new Statements();
    const names = Array.from({ length: 300 }, (_, number) => statements.get(`SELECT ${number}, ?`).name);
    expect(new Set(names.filter((name) => name !== undefined)).size).toBe(256);
    expect(names.slice(256)).toEqual(Array.from({ length: 44 }, () => undefined));
    expect(statements.get("SELECT 299, ?")).toEqual({ text: "SELECT 299, $1" });
  });
});
