import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fewRows, valuesOf } from "../sqlite.fixture.ts";
import { ruleTables } from "../tables.ts";
import { admit, admitTree } from "./admit.ts";
import { goodStatements } from "./good.fixture.ts";
import { hostileStatements } from "./hostile.fixture.ts";
import { printBound, printInline, type SqlValue } from "./print.ts";
import { arbitraryQuery, withoutOffsets } from "./query.fixture.ts";

const extended = { profile: "extended", tables: ruleTables } as const;
const database = fewRows();

describe("a random admitted tree", { timeout: 60_000 }, () => {
  it("is what its print is parsed to, and SQLite takes the print", () => {
    fc.assert(
      fc.property(arbitraryQuery, (query) => {
        const text = printInline(query);
        expect(withoutOffsets(admitTree(text, extended))).toEqual(withoutOffsets(query));
        const bound = printBound(query);
        expect(printBound(admitTree(text, extended))).toEqual(bound);
        expect(() => database.prepare(bound.sql)).not.toThrow();
      }),
      { numRuns: 100 },
    );
  });

  it("means the same to SQLite with its literals in place and with parameters", () => {
    fc.assert(
      fc.property(arbitraryQuery, (query) => {
        const { sql, parameters } = printBound(query);
        const text = printInline(query);
        // SQLite folds `x AND 0` to 0, and ORDER BY 0 means a column; a parameter is never folded.
        fc.pre(isPrepared(text));
        expect(outcome(sql, parameters, query.limit !== undefined)).toEqual(
          outcome(text, [], query.limit !== undefined),
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe("any text", { timeout: 60_000 }, () => {
  it("is admitted or refused, never thrown at", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 200 }),
        fc.constantFrom("strict", "extended"),
        (text, profile) => {
          const admission = admit(text, { profile, tables: ruleTables });
          expect(typeof admission.ok).toBe("boolean");
        },
      ),
    );
  });

  const pieces = [
    ...new Set([...goodStatements, ...hostileStatements].flatMap((one) => one.at(-1)!.slice(0, 300).split(/\b/))),
  ];

  it("made of pieces of statements is refused, or means to SQLite what its print means", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), (list) =>
        judgedAlike(`SELECT ${list.join(" ")}`),
      ),
      { numRuns: 500 },
    );
  });

  it("that is a good statement with a piece put in, taken out or exchanged is refused, or means what its print means", () => {
    const texts = goodStatements.map(([, sql]) => sql.split(/\b/));
    const edit = fc.record({
      at: fc.nat(),
      remove: fc.nat(2),
      put: fc.array(fc.constantFrom(...pieces), { maxLength: 2 }),
    });
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(edit, { minLength: 1, maxLength: 3 }), (words, edits) => {
        const changed = [...words];
        for (const { at, remove, put } of edits) changed.splice(at % (changed.length + 1), remove, ...put);
        judgedAlike(changed.join(""));
      }),
      { numRuns: 1_000 },
    );
  });
});

/** What is admitted has to be a statement for SQLite too, and give the same rows as written and as printed. */
function judgedAlike(sql: string): void {
  const admission = admit(sql, extended);
  if (!admission.ok) return;
  const { statement } = admission;
  const isLimited = statement.sql.includes(" LIMIT ?");
  expect(outcome(statement.sql, statement.parameters, isLimited), `judged: ${sql}`).toEqual(
    outcome(sql, [], isLimited),
  );
}

function isPrepared(sql: string): boolean {
  try {
    database.prepare(sql);
    return true;
  } catch {
    return false;
  }
}

/** Rows in no particular order (only ORDER BY promises one), or the error of running; what cannot be prepared throws. */
function outcome(sql: string, parameters: readonly SqlValue[], isLimited: boolean): unknown {
  database.prepare(sql);
  try {
    const rows = valuesOf(database, sql, parameters) as unknown[];
    return isLimited ? rows.length : rows.map((row) => JSON.stringify(row)).toSorted();
  } catch (error) {
    return String(error);
  }
}
