import type { Cursor } from "./cursor.ts";
import { sqlLimits } from "./limits.ts";
import { parseAlias, takeName } from "./names.ts";
import { parseSources } from "./parse-sources.ts";
import { requireExtended } from "./profile.ts";
import { RefusedSql } from "./refusal.ts";
import type { OrderSyntax, OutputSyntax, QuerySyntax, SelectSyntax, Syntax } from "./tree.ts";

/** Parses SELECT, with its UNION ALL, ORDER BY and LIMIT. */
export function parseQuery(cursor: Cursor, tables: QuerySyntax["tables"] = []): QuerySyntax {
  const selects = [parseSelect(cursor)];
  while (cursor.isWord("UNION") || cursor.isWord("INTERSECT") || cursor.isWord("EXCEPT")) {
    parseUnionAll(cursor);
    selects.push(parseSelect(cursor));
    if (selects.length > sqlLimits.unionMembers) {
      throw new RefusedSql(
        "too_complex",
        `UNION ALL joins more than ${sqlLimits.unionMembers} queries`,
        cursor.peek().offset,
      );
    }
  }
  const orderBy = cursor.takeWord("ORDER") ? parseTerms(cursor, true) : [];
  return { tables, selects, orderBy, ...parseLimit(cursor) };
}

function parseUnionAll(cursor: Cursor): void {
  const token = cursor.next();
  if (token.upper === "UNION" && cursor.takeWord("ALL")) return requireExtended(cursor.profile, "UNION ALL", token);
  throw new RefusedSql("clause_not_allowed", `${token.upper} is not admitted`, token.offset, "use UNION ALL");
}

function parseSelect(cursor: Cursor): SelectSyntax {
  const { offset } = cursor.expectWord("SELECT");
  const distinct = cursor.takeWord("DISTINCT");
  if (distinct !== undefined) requireExtended(cursor.profile, "DISTINCT", distinct);
  const outputs = parseOutputs(cursor);
  const sources = parseSources(cursor);
  const where = cursor.takeWord("WHERE") ? cursor.expression() : undefined;
  const groupBy = cursor.takeWord("GROUP") ? parseTerms(cursor, false) : [];
  return {
    isDistinct: distinct !== undefined,
    outputs,
    sources,
    ...(where === undefined ? {} : { where }),
    groupBy,
    ...parseHaving(cursor, groupBy),
    offset,
  };
}

function parseHaving(cursor: Cursor, groupBy: readonly OrderSyntax[]): { having?: Syntax } {
  if (!cursor.isWord("HAVING")) return {};
  if (groupBy.length === 0) cursor.fail("HAVING follows GROUP BY", "use WHERE, or add GROUP BY");
  cursor.next();
  return { having: cursor.expression() };
}

function parseOutputs(cursor: Cursor): readonly OutputSyntax[] {
  const outputs: OutputSyntax[] = [];
  do {
    outputs.push(parseOutput(cursor));
  } while (cursor.takeSymbol(","));
  return outputs;
}

function parseOutput(cursor: Cursor): OutputSyntax {
  const { offset } = cursor.peek();
  if (cursor.takeSymbol("*")) return { value: { kind: "star" }, offset };
  if (cursor.isSymbol(".", 1) && cursor.isSymbol("*", 2)) {
    const qualifier = takeName(cursor).name;
    cursor.next();
    cursor.next();
    return { value: { kind: "star", qualifier }, offset };
  }
  const value = cursor.expression();
  return { value, ...parseAlias(cursor), offset };
}

function parseTerms(cursor: Cursor, isOrder: boolean): readonly OrderSyntax[] {
  cursor.expectWord("BY");
  const terms: OrderSyntax[] = [];
  do {
    const { offset } = cursor.peek();
    const value = cursor.expression();
    const isDescending = isOrder && cursor.takeWord("DESC") !== undefined;
    if (isOrder && !isDescending) cursor.takeWord("ASC");
    terms.push({ value, isDescending, offset });
  } while (cursor.takeSymbol(","));
  return terms;
}

function parseLimit(cursor: Cursor): { limit?: number; skip?: number } {
  if (!cursor.takeWord("LIMIT")) return {};
  const limit = takeRows(cursor);
  if (cursor.isSymbol(",")) cursor.fail("LIMIT takes one number", "write LIMIT n OFFSET m");
  const offset = cursor.takeWord("OFFSET");
  if (offset === undefined) return { limit };
  requireExtended(cursor.profile, "OFFSET", offset);
  return { limit, skip: takeRows(cursor) };
}

/** A negative LIMIT is none for SQLite. */
function takeRows(cursor: Cursor): number {
  const token = cursor.next();
  const rows = Number(token.text);
  if (token.kind !== "integer" || rows > sqlLimits.rows) {
    throw new RefusedSql("limit", `a whole number up to ${sqlLimits.rows} is expected`, token.offset);
  }
  cursor.count("literals", token.offset);
  return rows;
}
