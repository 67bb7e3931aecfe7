import type { Cursor } from "./cursor.ts";
import { sqlLimits } from "./limits.ts";
import { parseAlias, takeName } from "./names.ts";
import { requireExtended } from "./profile.ts";
import { RefusedSql } from "./refusal.ts";
import type { Token } from "./tokenize.ts";
import type { JoinKind, SourceSyntax, Syntax } from "./tree.ts";

/** Parses FROM and its joins. Every join says what holds its rows together: without that it is a cross join (ATTACKS 36). */
export function parseSources(cursor: Cursor): readonly SourceSyntax[] {
  if (!cursor.takeWord("FROM")) cursor.fail("FROM is expected here", "a statement reads one of the tables");
  const sources = [parseSource(cursor)];
  for (let join = takeJoin(cursor); join !== undefined; join = takeJoin(cursor)) {
    const source = parseSource(cursor);
    sources.push({ ...source, join: { kind: join, on: parseOn(cursor) } });
    if (sources.length > sqlLimits.joinedTables) {
      throw new RefusedSql("too_complex", `more than ${sqlLimits.joinedTables} tables are joined`, source.offset);
    }
  }
  return sources;
}

function parseSource(cursor: Cursor): SourceSyntax {
  if (cursor.isSymbol("(")) {
    if (!cursor.isQuery(1)) cursor.fail("the name of a table is expected here");
    const hint = "name it with WITH at the beginning of the statement";
    throw new RefusedSql("subquery_not_allowed", "FROM takes no subquery", cursor.peek().offset, hint);
  }
  if (cursor.isSymbol(".", 1)) {
    throw new RefusedSql("schema_qualifier", "names of tables have no schema", cursor.peek().offset, "leave it out");
  }
  const { name, offset } = takeName(cursor);
  if (cursor.isSymbol("(")) throw new RefusedSql("table_function", "tables made by functions are not admitted", offset);
  if (cursor.isWord("INDEXED") || cursor.isWord("NOT")) {
    throw new RefusedSql("clause_not_allowed", "INDEXED BY is not admitted", cursor.peek().offset);
  }
  return { table: name, ...parseAlias(cursor), offset };
}

function takeJoin(cursor: Cursor): JoinKind | undefined {
  const token = cursor.peek();
  refuseOtherJoins(token);
  if (cursor.isWord("JOIN") || cursor.isWord("INNER")) {
    requireExtended(cursor.profile, "JOIN", token);
    cursor.takeWord("INNER");
    cursor.expectWord("JOIN");
    return "inner";
  }
  if (!cursor.isWord("LEFT")) return undefined;
  requireExtended(cursor.profile, "JOIN", cursor.next());
  cursor.takeWord("OUTER");
  cursor.expectWord("JOIN");
  return "left";
}

function refuseOtherJoins(token: Token): void {
  const hint = "write JOIN table ON a.column = b.column";
  if (token.kind === "symbol" && token.text === ",") {
    throw new RefusedSql("cross_join", "tables side by side are a cross join", token.offset, hint);
  }
  if (token.kind !== "word") return;
  if (token.upper === "CROSS") throw new RefusedSql("cross_join", "CROSS JOIN is not admitted", token.offset, hint);
  if (["NATURAL", "RIGHT", "FULL"].includes(token.upper)) {
    throw new RefusedSql("join_not_allowed", `${token.upper} JOIN is not admitted`, token.offset, hint);
  }
}

function parseOn(cursor: Cursor): Syntax {
  const hint = "write ON a.column = b.column";
  if (cursor.isWord("USING")) {
    throw new RefusedSql("join_not_allowed", "USING is not admitted", cursor.peek().offset, hint);
  }
  if (!cursor.takeWord("ON")) {
    throw new RefusedSql("cross_join", "a JOIN without ON is a cross join", cursor.peek().offset, hint);
  }
  return cursor.expression();
}
