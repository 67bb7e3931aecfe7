import type { Cursor } from "./cursor.ts";
import { parseBits } from "./parse-operators.ts";
import { parsePredicate } from "./parse-predicate.ts";
import type { Syntax } from "./tree.ts";

/** Parses OR, AND, NOT and what binds tighter, with SQLite's precedence (sqlite.org/lang_expr.html). */
export function parseExpression(cursor: Cursor): Syntax {
  return parseChain(cursor, "or", () => parseChain(cursor, "and", () => parseNot(cursor)));
}

/** Reads `a OR b OR c` as one node in a loop: a chain of thousands needs no depth (ATTACKS 36). */
function parseChain(cursor: Cursor, kind: "and" | "or", parseTerm: () => Syntax): Syntax {
  const first = parseTerm();
  if (!cursor.isWord(kind.toUpperCase())) return first;
  const terms = [...termsOf(first, kind)];
  while (cursor.takeWord(kind.toUpperCase())) terms.push(...termsOf(parseTerm(), kind));
  return { kind, terms };
}

/** Parentheses around a chain in a chain of the same kind say nothing. */
function termsOf(term: Syntax, kind: "and" | "or"): readonly Syntax[] {
  return term.kind === kind ? term.terms : [term];
}

function parseNot(cursor: Cursor): Syntax {
  if (!cursor.takeWord("NOT")) return parseComparison(cursor);
  return { kind: "not", operand: cursor.deeper(() => parseNot(cursor)) };
}

/** SQLite would take `a = b = c`; nobody means what it does. */
function parseComparison(cursor: Cursor): Syntax {
  const left = parseRelation(cursor);
  const whole = parsePredicate(cursor, left, () => parseRelation(cursor));
  if (whole !== left && parsePredicate(cursor, whole, () => parseRelation(cursor)) !== whole) {
    cursor.fail("comparisons do not chain", "put parentheses");
  }
  return whole;
}

const relations: ReadonlySet<string> = new Set(["<", "<=", ">", ">="]);

function parseRelation(cursor: Cursor): Syntax {
  const left = parseBits(cursor);
  const operator = cursor.peek();
  if (operator.kind !== "symbol" || !relations.has(operator.text)) return left;
  cursor.next();
  const right = parseBits(cursor);
  const following = cursor.peek();
  if (following.kind === "symbol" && relations.has(following.text)) {
    cursor.fail("comparisons do not chain", "write a < b AND b < c");
  }
  return { kind: "binary", operator: operator.text as "<", left, right };
}
