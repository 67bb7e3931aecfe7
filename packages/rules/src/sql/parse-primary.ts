import type { Cursor } from "./cursor.ts";
import { canBeName } from "./keywords.ts";
import { takeName } from "./names.ts";
import { requireExtended } from "./profile.ts";
import { RefusedSql } from "./refusal.ts";
import type { CastType, Literal, NameSyntax, Syntax } from "./tree.ts";

/** Parses a literal, a name, a call, CASE, CAST, EXISTS or what stands in parentheses. */
export function parsePrimary(cursor: Cursor): Syntax {
  const token = cursor.peek();
  switch (token.kind) {
    case "text":
      return literal(cursor, "text", token.text);
    case "integer":
    case "real":
      return literal(cursor, token.kind, Number(token.text));
    case "quoted":
      return parseName(cursor);
    case "word":
      return parseWord(cursor);
    case "symbol":
      return parseParentheses(cursor);
    case "end":
      return cursor.fail("the statement ends where a value is expected");
  }
}

function literal(cursor: Cursor, type: Literal["type"], value: Literal["value"]): Literal {
  cursor.count("literals", cursor.next().offset);
  return { kind: "literal", type, value };
}

function parseParentheses(cursor: Cursor): Syntax {
  if (!cursor.isSymbol("(")) return cursor.fail(`a value is expected, not ${cursor.peek().text}`);
  if (cursor.isQuery(1)) {
    const hint = "use IN (SELECT …), EXISTS (SELECT …) or a table in WITH";
    throw new RefusedSql("subquery_not_allowed", "a subquery is not a value", cursor.peek(1).offset, hint);
  }
  cursor.next();
  const inner = cursor.expression();
  if (cursor.isSymbol(",")) cursor.fail("rows of values are not admitted", "compare column by column");
  cursor.expectSymbol(")");
  return inner;
}

function parseWord(cursor: Cursor): Syntax {
  const token = cursor.peek();
  switch (token.upper) {
    case "NULL":
      requireExtended(cursor.profile, "NULL", token);
      return literal(cursor, "null", null);
    case "CASE":
      return parseCase(cursor);
    case "CAST":
      return parseCast(cursor);
    case "EXISTS":
      requireExtended(cursor.profile, "EXISTS", cursor.next());
      return { kind: "exists", query: cursor.subquery() };
  }
  if (cursor.isSymbol("(", 1)) return parseCall(cursor);
  if (!canBeName(token.upper)) return cursor.fail(`a value is expected, not the keyword ${token.upper}`);
  return parseName(cursor);
}

/** Reads `column` or `table.column`. A third part would name a schema, and with it tables that are none of a rule's. */
function parseName(cursor: Cursor): NameSyntax {
  const first = takeName(cursor);
  if (!cursor.takeSymbol(".")) return { kind: "name", name: first.name, offset: first.offset };
  if (cursor.isSymbol("*")) return cursor.fail("* stands in the list of columns only");
  const second = takeName(cursor);
  if (cursor.isSymbol(".")) {
    throw new RefusedSql("schema_qualifier", "names have no schema", first.offset, "write table.column");
  }
  return { kind: "name", qualifier: first.name, name: second.name, offset: first.offset };
}

function parseCall(cursor: Cursor): Syntax {
  const name = cursor.next();
  cursor.next();
  const distinct = cursor.takeWord("DISTINCT");
  if (distinct !== undefined) requireExtended(cursor.profile, "DISTINCT", distinct);
  const parsed = parseArguments(cursor);
  cursor.expectSymbol(")");
  if (cursor.isWord("OVER") || cursor.isWord("FILTER") || cursor.isWord("WITHIN")) {
    throw new RefusedSql("window_function", "window functions and FILTER are not admitted", cursor.peek().offset);
  }
  const isDistinct = distinct !== undefined;
  return { kind: "call", name: name.text.toLowerCase(), isDistinct, arguments: parsed, offset: name.offset };
}

function parseArguments(cursor: Cursor): readonly Syntax[] | "*" {
  if (cursor.takeSymbol("*")) return "*";
  if (cursor.isSymbol(")")) return [];
  return cursor.expressions();
}

function parseCase(cursor: Cursor): Syntax {
  requireExtended(cursor.profile, "CASE", cursor.next());
  const operand = cursor.isWord("WHEN") ? undefined : cursor.expression();
  const branches: { when: Syntax; result: Syntax }[] = [];
  while (cursor.takeWord("WHEN")) {
    const when = cursor.expression();
    cursor.expectWord("THEN");
    branches.push({ when, result: cursor.expression() });
  }
  if (branches.length === 0) cursor.fail("WHEN is expected here");
  const otherwise = cursor.takeWord("ELSE") ? cursor.expression() : undefined;
  cursor.expectWord("END");
  return {
    kind: "case",
    ...(operand === undefined ? {} : { operand }),
    branches,
    ...(otherwise === undefined ? {} : { otherwise }),
  };
}

const castTypes: readonly string[] = ["INTEGER", "REAL", "TEXT"] satisfies CastType[];

function parseCast(cursor: Cursor): Syntax {
  requireExtended(cursor.profile, "CAST", cursor.next());
  cursor.expectSymbol("(");
  const operand = cursor.expression();
  cursor.expectWord("AS");
  const type = cursor.peek();
  if (type.kind !== "word" || !castTypes.includes(type.upper)) {
    return cursor.fail("this type is not admitted", `cast to ${castTypes.join(", ")}`);
  }
  cursor.next();
  cursor.expectSymbol(")");
  return { kind: "cast", operand, type: type.upper as CastType };
}
