import { Cursor } from "./cursor.ts";
import { isKeyword, otherStatements } from "./keywords.ts";
import { sqlLimits } from "./limits.ts";
import { takeNewName } from "./names.ts";
import { parseExpression } from "./parse-expression.ts";
import { parseQuery } from "./parse-query.ts";
import { type Profile, requireExtended } from "./profile.ts";
import { RefusedSql } from "./refusal.ts";
import type { Token } from "./tokenize.ts";
import type { QuerySyntax } from "./tree.ts";

/** Parses one whole statement: SELECT, before it WITH, behind it at most one semicolon. */
export function parseStatement(tokens: readonly Token[], profile: Profile): QuerySyntax {
  const cursor = new Cursor(tokens, profile, { expression: parseExpression, query: parseQuery });
  refuseOtherStatements(cursor.peek());
  const query = cursor.isWord("WITH") ? parseWith(cursor) : parseQuery(cursor);
  const hasSemicolon = cursor.takeSymbol(";") !== undefined;
  if (cursor.peek().kind !== "end") refuseRest(cursor, hasSemicolon);
  return query;
}

function refuseOtherStatements(token: Token): void {
  if (token.kind === "end") throw new RefusedSql("empty", "there is no statement", token.offset);
  if (token.kind === "word" && (token.upper === "SELECT" || token.upper === "WITH")) return;
  const what = token.kind === "word" && otherStatements.has(token.upper) ? token.upper : "this statement";
  throw new RefusedSql("not_select", `${what} is not admitted: only SELECT is`, token.offset);
}

function parseWith(cursor: Cursor): QuerySyntax {
  requireExtended(cursor.profile, "WITH", cursor.next());
  if (cursor.isWord("RECURSIVE")) {
    throw new RefusedSql("recursive", "WITH RECURSIVE is not admitted", cursor.peek().offset);
  }
  const tables = [parseTable(cursor)];
  while (cursor.takeSymbol(",")) tables.push(parseTable(cursor));
  if (tables.length > sqlLimits.withTables) {
    throw new RefusedSql("too_complex", `WITH names more than ${sqlLimits.withTables} tables`, cursor.peek().offset);
  }
  refuseOtherStatements(cursor.peek());
  return parseQuery(cursor, tables);
}

function parseTable(cursor: Cursor): QuerySyntax["tables"][number] {
  const { name, offset } = takeNewName(cursor);
  if (cursor.isSymbol("(")) cursor.fail("AS is expected here", "name the columns inside, with AS");
  cursor.expectWord("AS");
  return { name, query: cursor.subquery(), offset };
}

function refuseRest(cursor: Cursor, hasSemicolon: boolean): never {
  const token = cursor.peek();
  if (hasSemicolon) {
    throw new RefusedSql("several_statements", "one statement at a time is admitted", token.offset);
  }
  if (token.kind === "word" && token.upper === "WINDOW") {
    throw new RefusedSql("window_function", "WINDOW is not admitted", token.offset);
  }
  if (token.kind === "word" && isKeyword(token.upper)) {
    throw new RefusedSql("clause_not_allowed", `${token.upper} is not admitted here`, token.offset);
  }
  return cursor.fail("nothing more is expected here");
}
