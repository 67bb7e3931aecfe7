import type { Cursor } from "./cursor.ts";
import { parsePrimary } from "./parse-primary.ts";
import { requireExtended } from "./profile.ts";
import { RefusedSql } from "./refusal.ts";
import type { BinaryOperator, Syntax } from "./tree.ts";

/** From the loosest to the tightest; each level groups from the left, as in SQLite. */
const levels: readonly ReadonlySet<string>[] = [
  new Set(["&", "|", "<<", ">>"]),
  new Set(["+", "-"]),
  new Set(["*", "/", "%"]),
  new Set(["||"]),
];

const notStrict: ReadonlyMap<string, string> = new Map([
  ["&", "the bit operator &"],
  ["|", "the bit operator |"],
  ["<<", "the bit operator <<"],
  [">>", "the bit operator >>"],
  ["||", "joining texts with ||"],
]);

/** Parses bit operators, sums, products and joined texts. */
export function parseBits(cursor: Cursor): Syntax {
  return parseLevel(cursor, 0);
}

function parseLevel(cursor: Cursor, level: number): Syntax {
  const operators = levels[level];
  if (operators === undefined) return parseUnary(cursor);
  let left = parseLevel(cursor, level + 1);
  for (let token = cursor.peek(); token.kind === "symbol" && operators.has(token.text); token = cursor.peek()) {
    const extra = notStrict.get(token.text);
    if (extra !== undefined) requireExtended(cursor.profile, extra, token);
    cursor.count(token.text === "||" ? "concatenations" : "operators", token.offset);
    cursor.next();
    left = { kind: "binary", operator: token.text as BinaryOperator, left, right: parseLevel(cursor, level + 1) };
  }
  return left;
}

function parseUnary(cursor: Cursor): Syntax {
  const token = cursor.peek();
  if (token.kind === "symbol" && token.text === "+") {
    throw new RefusedSql("operator_not_allowed", "a sign + is not admitted", token.offset, "leave it out");
  }
  if (cursor.takeSymbol("-")) return negate(cursor.deeper(() => parseUnary(cursor)));
  if (token.kind === "symbol" && token.text === "~") {
    requireExtended(cursor.profile, "the bit operator ~", cursor.next());
    return { kind: "complement", operand: cursor.deeper(() => parseUnary(cursor)) };
  }
  return parsePrimary(cursor);
}

/** A negative number is one literal. */
function negate(operand: Syntax): Syntax {
  if (operand.kind !== "literal" || typeof operand.value !== "number") return { kind: "negate", operand };
  return { ...operand, value: operand.value === 0 ? 0 : -operand.value };
}
