import type { Expression, Query } from "../sql/tree.ts";
import type { LogSource } from "./logsource.ts";
import type { Match } from "./match.ts";
import { globPattern, likePattern, plainText } from "./pattern.ts";

/** The query that finds what a match asks for among the rows of a log source. */
export function toQuery(match: Match, { table, only, outputs }: LogSource): Query {
  const column = (name: string): Expression => ({ kind: "column", source: table, name });
  const kinds = only.values.map((value) => text(value));
  const isMeant: Expression = { kind: "in", isNegated: false, subject: column(only.column), values: kinds };
  const asked = toExpression(match, column);
  const where: Expression = { kind: "and", terms: [isMeant, ...(asked.kind === "and" ? asked.terms : [asked])] };
  const select = {
    isDistinct: false,
    outputs: outputs.map((name) => ({ value: column(name), name })),
    sources: [{ table, alias: table }],
    where,
    groupBy: [],
  };
  return { tables: [], selects: [select], orderBy: [] };
}

type Column = (name: string) => Expression;

function text(value: string): Expression {
  return { kind: "literal", type: "text", value };
}

function toExpression(match: Match, column: Column): Expression {
  switch (match.kind) {
    case "and":
    case "or": {
      // What is cheap and rules most out comes first: most rows then never get to the search of the arguments.
      const terms = match.terms.toSorted((a, b) => costOf(a) - costOf(b)).map((term) => toExpression(term, column));
      return { kind: match.kind, terms: terms.flatMap((term) => (term.kind === match.kind ? term.terms : [term])) };
    }
    case "not":
      return { kind: "not", operand: toExpression(match.term, column) };
    case "text":
      return textExpression(match, column(match.column));
    case "number":
      return numberExpression(match, column(match.column));
    case "globs":
      return globsExpression(match.globs, column(match.column));
    case "same":
      return sameExpression(match, column);
  }
}

function costOf(match: Match): number {
  switch (match.kind) {
    case "and":
      return Math.min(...match.terms.map(costOf)) + 1;
    case "or":
      return match.terms.reduce((sum, term) => sum + costOf(term), 0);
    case "not":
      return costOf(match.term) + 1;
    case "text":
      return match.column.endsWith("cmdline") ? 8 : 2;
    case "globs":
      return 8 * match.globs.length;
    case "number":
    case "same":
      return 1;
  }
}

function textExpression({ pieces, isCased }: Extract<Match, { kind: "text" }>, subject: Expression): Expression {
  // `*` alone asks for anything that is there.
  if (pieces.every((piece) => piece === "any") && pieces.length > 0) {
    return { kind: "binary", operator: "<>", left: subject, right: text("") };
  }
  const plain = plainText(pieces);
  if (plain !== undefined && (isCased || plain === ""))
    return { kind: "binary", operator: "=", left: subject, right: text(plain) };
  if (isCased) return { kind: "glob", isNegated: false, subject, pattern: globPattern(pieces) };
  const { pattern, needsEscape } = likePattern(pieces);
  return { kind: "like", isNegated: false, subject, pattern, ...(needsEscape ? { escape: "\\" } : {}) };
}

function numberExpression({ comparison, value }: Extract<Match, { kind: "number" }>, left: Expression): Expression {
  return { kind: "binary", operator: comparison, left, right: { kind: "literal", type: "integer", value } };
}

function sameExpression({ column: name, other, type }: Extract<Match, { kind: "same" }>, column: Column): Expression {
  const side = (one: string): Expression =>
    type === "integer"
      ? column(one)
      : { kind: "call", name: "lower", isDistinct: false, arguments: [column(one)], offset: 0 };
  return { kind: "binary", operator: "=", left: side(name), right: side(other) };
}

/** Few enough to be looked for one after the other. */
const fewGlobs = 4;
const maxGuards = 4;

/** Many patterns that begin alike: where the beginning is not found, none of them is looked for. */
function globsExpression(globs: readonly string[], subject: Expression): Expression {
  const units = globs.map((glob) => glob.match(/\[\^?\]?[^\]]*\]|[^[]/gsu) ?? []);
  return guardedGlobs(units, subject, 1, maxGuards);
}

/** A unit is a character or a `[…]`; `known` of them are found already, and what is left may have so many guards. */
function guardedGlobs(
  globs: readonly (readonly string[])[],
  subject: Expression,
  known: number,
  guards: number,
): Expression {
  const glob = (pattern: string): Expression => ({ kind: "glob", isNegated: false, subject, pattern });
  if (globs.length === 1) return glob(globs[0]!.join(""));
  const any = (terms: readonly Expression[]): Expression => ({ kind: "or", terms: flatOr(terms) });
  if (globs.length <= fewGlobs || guards === 0) return any(globs.map((units) => glob(units.join(""))));
  const length = commonLength(globs);
  const groups = [...Map.groupBy(globs, (units) => units[length]).values()];
  const inner = any(groups.map((group) => guardedGlobs(group, subject, length, guards - 1)));
  if (length <= known) return inner;
  return { kind: "and", terms: [glob(`${globs[0]!.slice(0, length).join("")}*`), inner] };
}

function flatOr(terms: readonly Expression[]): readonly Expression[] {
  return terms.flatMap((term) => (term.kind === "or" ? term.terms : [term]));
}

/** How many units all patterns begin with. */
function commonLength([first, ...others]: readonly (readonly string[])[]): number {
  const length = first!.findIndex((unit, index) => others.some((other) => other[index] !== unit));
  return length === -1 ? first!.length : length;
}
