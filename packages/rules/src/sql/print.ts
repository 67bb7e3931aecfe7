import { isKeyword } from "./keywords.ts";
import type { Expression, Literal, Query, Select, Source } from "./tree.ts";

/** A value that a `?` stands for. */
export type SqlValue = string | number | null;

/** How a query is printed. */
interface Style {
  readonly literal: (literal: Literal) => string;
  /** In lines, and names no longer than they need be. */
  readonly isReadable: boolean;
}

/** Prints a query with `?` for every literal, and the literals in their order. */
export function printBound(query: Query): { readonly sql: string; readonly parameters: readonly SqlValue[] } {
  const parameters: SqlValue[] = [];
  const literal = ({ type, value }: Literal): string => {
    parameters.push(value);
    // A whole real would come back as an integer, and divide like one.
    return type === "real" && Number.isInteger(value) ? "+CAST(? AS REAL)" : "?";
  };
  return { sql: printQuery(query, { literal, isReadable: false }), parameters };
}

/** Prints a query with its literals in place, for `admit` to read again. */
export function printInline(query: Query): string {
  return printQuery(query, { literal: inline, isReadable: false });
}

/** Prints a query on one table as people would write it. */
export function printReadable(query: Query): string {
  return printQuery(query, { literal: inline, isReadable: true });
}

function inline({ type, value }: Literal): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  const digits =
    type === "real" && Number.isInteger(value) && !String(value).includes("e") ? `${value}.0` : String(value);
  return value < 0 ? `(${digits})` : digits;
}

function printQuery(query: Query, style: Style): string {
  const tables = query.tables.map((table) => `${identifier(table.name)} AS (${printQuery(table.query, style)})`);
  const selects = query.selects.map((select) => printSelect(select, style));
  const orderBy = query.orderBy.map((term) => `${print(term.value, style)}${term.isDescending ? " DESC" : ""}`);
  const number = (value: number): string => style.literal({ kind: "literal", type: "integer", value });
  return [
    ...clause("WITH", tables),
    selects.join(" UNION ALL "),
    ...clause("ORDER BY", orderBy),
    ...(query.limit === undefined ? [] : [`LIMIT ${number(query.limit)}`]),
    ...(query.skip === undefined ? [] : [`OFFSET ${number(query.skip)}`]),
  ].join(" ");
}

function printSelect(select: Select, style: Style): string {
  const outputs = select.outputs.map((output) => printOutput(output, style));
  return [
    `SELECT ${select.isDistinct ? "DISTINCT " : ""}${outputs.join(", ")}`,
    `FROM ${select.sources.map((source) => printSource(source, style)).join(" ")}`,
    ...(select.where === undefined ? [] : [`WHERE ${printWhere(select.where, style)}`]),
    ...clause(
      "GROUP BY",
      select.groupBy.map((term) => print(term, style)),
    ),
    ...(select.having === undefined ? [] : [`HAVING ${print(select.having, style)}`]),
  ].join(style.isReadable ? "\n" : " ");
}

function printOutput({ value, name }: Select["outputs"][number], style: Style): string {
  const isPlain = style.isReadable && value.kind === "column" && value.name === name;
  return isPlain ? print(value, style) : `${print(value, style)} AS ${identifier(name)}`;
}

function printWhere(where: Expression, style: Style): string {
  if (!style.isReadable || where.kind !== "and") return print(where, style);
  return where.terms.map((term) => chained(term, style)).join("\n  AND ");
}

function printSource({ table, alias, join }: Source, style: Style): string {
  const name = table === alias ? identifier(table) : `${identifier(table)} AS ${identifier(alias)}`;
  if (join === undefined) return name;
  return `${join.kind === "left" ? "LEFT JOIN" : "JOIN"} ${name} ON ${print(join.on, style)}`;
}

function clause(word: string, parts: readonly string[]): readonly string[] {
  return parts.length === 0 ? [] : [`${word} ${parts.join(", ")}`];
}

/** Names of ours that are keywords of SQLite too stand in quotes. */
function identifier(name: string): string {
  return isKeyword(name) ? `"${name}"` : name;
}

function print(expression: Expression, style: Style): string {
  const go = (part: Expression): string => operand(part, style);
  const not = (part: { readonly isNegated: boolean }): string => (part.isNegated ? "NOT " : "");
  switch (expression.kind) {
    case "literal":
      return style.literal(expression);
    case "column":
      return `${style.isReadable ? "" : `${identifier(expression.source)}.`}${identifier(expression.name)}`;
    case "output":
      return identifier(expression.name);
    case "and":
    case "or":
      return balance(
        expression.terms.map((term) => chained(term, style)),
        expression.kind === "and" ? " AND " : " OR ",
      );
    case "not":
      return `NOT ${go(expression.operand)}`;
    case "negate":
      return `- ${go(expression.operand)}`;
    case "complement":
      return `~ ${go(expression.operand)}`;
    case "binary":
      return `${go(expression.left)} ${expression.operator} ${go(expression.right)}`;
    case "like":
    case "glob":
      return printPattern(expression, style);
    case "in":
      return `${go(expression.subject)} ${not(expression)}IN (${expression.values.map(go).join(", ")})`;
    case "in_query":
      return `${go(expression.subject)} ${not(expression)}IN (${printQuery(expression.query, style)})`;
    case "exists":
      return `EXISTS (${printQuery(expression.query, style)})`;
    case "between":
      return `${go(expression.subject)} ${not(expression)}BETWEEN ${go(expression.low)} AND ${go(expression.high)}`;
    case "is_null":
      return `${go(expression.subject)} IS ${not(expression)}NULL`;
    case "cast":
      return `CAST(${go(expression.operand)} AS ${expression.type})`;
    case "call":
      return printCall(expression, style);
    case "case":
      return printCase(expression, go);
  }
}

const atoms: ReadonlySet<Expression["kind"]> = new Set([
  "literal",
  "column",
  "output",
  "call",
  "cast",
  "case",
  "exists",
]);

/** What is not one piece by itself stands in parentheses, so that precedence is never a question. */
function operand(expression: Expression, style: Style): string {
  const text = print(expression, style);
  return atoms.has(expression.kind) ? text : `(${text})`;
}

const comparisons: ReadonlySet<string> = new Set(["=", "<>", "<", "<=", ">", ">="]);

/** AND and OR bind looser than NOT, and that looser than any comparison. */
function chained(term: Expression, style: Style): string {
  const isTighter =
    term.kind === "not" ||
    term.kind === "like" ||
    term.kind === "glob" ||
    term.kind === "in" ||
    term.kind === "is_null" ||
    (term.kind === "binary" && comparisons.has(term.operator));
  return isTighter ? print(term, style) : operand(term, style);
}

const longestFlatChain = 8;

/** Prints a long chain as a balanced tree: SQLite reads `a OR b OR c` one level deeper for each term, up to 1,000. */
function balance(terms: readonly string[], word: string): string {
  if (terms.length <= longestFlatChain) return terms.join(word);
  const middle = Math.ceil(terms.length / 2);
  return `(${balance(terms.slice(0, middle), word)})${word}(${balance(terms.slice(middle), word)})`;
}

function printPattern(expression: Extract<Expression, { kind: "like" | "glob" }>, style: Style): string {
  const text = (value: string): string => style.literal({ kind: "literal", type: "text", value });
  const subject = operand(expression.subject, style);
  const operator = `${expression.isNegated ? "NOT " : ""}${expression.kind.toUpperCase()}`;
  const pattern = text(expression.pattern);
  const escape = expression.escape === undefined ? "" : ` ESCAPE ${text(expression.escape)}`;
  return `${subject} ${operator} ${pattern}${escape}`;
}

function printCall(call: Extract<Expression, { kind: "call" }>, style: Style): string {
  const list = call.arguments === "*" ? "*" : call.arguments.map((part) => print(part, style)).join(", ");
  return `${call.name}(${call.isDistinct ? "DISTINCT " : ""}${list})`;
}

function printCase(expression: Extract<Expression, { kind: "case" }>, go: (part: Expression) => string): string {
  const operand = expression.operand === undefined ? "" : ` ${go(expression.operand)}`;
  const branches = expression.branches.map(({ when, result }) => ` WHEN ${go(when)} THEN ${go(result)}`).join("");
  const otherwise = expression.otherwise === undefined ? "" : ` ELSE ${go(expression.otherwise)}`;
  return `CASE${operand}${branches}${otherwise} END`;
}
