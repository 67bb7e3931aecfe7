import type { Cursor } from "./cursor.ts";
import { sqlLimits } from "./limits.ts";
import { parseBits } from "./parse-operators.ts";
import { requireExtended } from "./profile.ts";
import { RefusedSql } from "./refusal.ts";
import type { Syntax } from "./tree.ts";

const equalities: ReadonlyMap<string, "=" | "<>"> = new Map([
  ["=", "="],
  ["==", "="],
  ["<>", "<>"],
  ["!=", "<>"],
]);

/** Reads what may follow a value: =, <>, IS NULL, LIKE, GLOB, IN, BETWEEN. Without any of them the value itself comes back. */
export function parsePredicate(cursor: Cursor, subject: Syntax, parseOperand: () => Syntax): Syntax {
  const token = cursor.peek();
  const equality = token.kind === "symbol" ? equalities.get(token.text) : undefined;
  if (equality !== undefined) {
    cursor.next();
    return { kind: "binary", operator: equality, left: subject, right: parseOperand() };
  }
  if (token.kind !== "word") return subject;
  if (token.upper === "IS") return parseIsNull(cursor, subject);
  refuseOddWords(token.upper, token.offset);
  const isNegated = token.upper === "NOT";
  const operator = isNegated ? cursor.peek(1).upper : token.upper;
  if (isNegated) refuseOddWords(operator, cursor.peek(1).offset);
  if (!["LIKE", "GLOB", "IN", "BETWEEN"].includes(operator)) return subject;
  requireExtended(cursor.profile, isNegated ? `NOT ${operator}` : operator, token, strictWays.get(operator));
  if (isNegated) cursor.next();
  cursor.next();
  if (operator === "IN") return parseIn(cursor, subject, isNegated);
  if (operator === "BETWEEN") return parseBetween(cursor, subject, isNegated);
  return parsePattern(cursor, subject, isNegated, operator === "LIKE" ? "like" : "glob");
}

const strictWays: ReadonlyMap<string, string> = new Map([
  ["LIKE", "compare with SUBSTR(column, 1, n) = '…', or use the profile extended"],
  ["GLOB", "compare with SUBSTR(column, 1, n) = '…', or use the profile extended"],
  ["IN", "write column = a OR column = b, or use the profile extended"],
  ["BETWEEN", "write column >= a AND column <= b, or use the profile extended"],
]);

function refuseOddWords(upper: string, offset: number): void {
  if (upper === "MATCH" || upper === "REGEXP") {
    throw new RefusedSql("operator_not_allowed", `${upper} is not admitted`, offset, "use LIKE or GLOB");
  }
  if (upper === "ISNULL" || upper === "NOTNULL" || upper === "NULL") {
    throw new RefusedSql(
      "operator_not_allowed",
      `${upper} is not admitted here`,
      offset,
      "write IS NULL or IS NOT NULL",
    );
  }
  if (upper === "COLLATE") {
    throw new RefusedSql("operator_not_allowed", "COLLATE is not admitted", offset, "use LIKE, or LOWER(column) = '…'");
  }
}

function parseIsNull(cursor: Cursor, subject: Syntax): Syntax {
  requireExtended(cursor.profile, "IS NULL", cursor.next());
  const isNegated = cursor.takeWord("NOT") !== undefined;
  if (!cursor.takeWord("NULL")) {
    const code = "operator_not_allowed";
    throw new RefusedSql(code, "IS is admitted before NULL and NOT NULL only", cursor.peek().offset, "use = or <>");
  }
  return { kind: "is_null", isNegated, subject };
}

function parseIn(cursor: Cursor, subject: Syntax, isNegated: boolean): Syntax {
  if (!cursor.isSymbol("(")) cursor.fail("( is expected after IN", "write IN ('a', 'b') or IN (SELECT column FROM …)");
  if (cursor.isQuery(1)) return { kind: "in_query", isNegated, subject, query: cursor.subquery() };
  cursor.next();
  if (cursor.isSymbol(")")) cursor.fail("IN () matches nothing", "name at least one value");
  const values = cursor.expressions();
  cursor.expectSymbol(")");
  return { kind: "in", isNegated, subject, values };
}

function parseBetween(cursor: Cursor, subject: Syntax, isNegated: boolean): Syntax {
  const low = parseBits(cursor);
  cursor.expectWord("AND");
  return { kind: "between", isNegated, subject, low, high: parseBits(cursor) };
}

/** A pattern is a literal: one that comes from a row would let whoever writes the row choose what it costs (ATTACKS 33). */
function parsePattern(cursor: Cursor, subject: Syntax, isNegated: boolean, kind: "like" | "glob"): Syntax {
  const token = cursor.next();
  if (token.kind !== "text") {
    throw new RefusedSql(
      "pattern",
      `${kind.toUpperCase()} needs a text literal`,
      token.offset,
      "use INSTR(column, other) > 0",
    );
  }
  refuseCostlyPattern(token.text, kind === "like" ? "%" : "*", token.offset);
  cursor.count("literals", token.offset);
  if (!cursor.isWord("ESCAPE")) return { kind, isNegated, subject, pattern: token.text };
  const offset = cursor.next().offset;
  const escape = cursor.next();
  if (kind === "glob" || escape.kind !== "text" || Array.from(escape.text).length !== 1) {
    throw new RefusedSql("pattern", "ESCAPE follows LIKE, with one character", offset, "write LIKE '…' ESCAPE '\\'");
  }
  cursor.count("literals", escape.offset);
  return { kind, isNegated, subject, pattern: token.text, escape: escape.text };
}

function refuseCostlyPattern(pattern: string, wildcard: string, offset: number): void {
  if (pattern.length > sqlLimits.patternLength) {
    throw new RefusedSql("pattern", `the pattern is longer than ${sqlLimits.patternLength} characters`, offset);
  }
  if (pattern.split(wildcard).length - 1 > sqlLimits.patternWildcards) {
    throw new RefusedSql(
      "pattern",
      `the pattern has more than ${sqlLimits.patternWildcards} times ${wildcard}`,
      offset,
    );
  }
}
