import { resolveCall } from "./resolve-call.ts";
import type { Resolution } from "./resolution.ts";
import { RefusedSql } from "./refusal.ts";
import { findColumn, isOwn, type Scope, unknownName } from "./scope.ts";
import type { Expression, NameSyntax, Reference, Syntax } from "./tree.ts";

/** What an expression may hold where it stands. */
export interface Place {
  readonly scope: Scope;
  readonly resolution: Resolution;
  /** Where it stands, as messages say it. */
  readonly clause: string;
  readonly takesAggregates: boolean;
  /** Whether names of result columns count, after those of columns. */
  readonly takesOutputs: boolean;
  readonly takesSubqueries: boolean;
  /** Inside of an aggregate only the SELECT's own columns count. */
  readonly isInAggregate?: boolean;
}

/** Resolves every name in an expression, or refuses the first that does not belong. */
export function resolveExpression(syntax: Syntax, place: Place): Expression {
  const go = (part: Syntax): Expression => resolveExpression(part, place);
  switch (syntax.kind) {
    case "literal":
      return syntax;
    case "name":
      return resolveName(syntax, place);
    case "call":
      return resolveCall(syntax, place, resolveExpression);
    case "and":
    case "or":
      return { kind: syntax.kind, terms: syntax.terms.map(go) };
    case "not":
    case "negate":
    case "complement":
      return { kind: syntax.kind, operand: go(syntax.operand) };
    case "binary":
      return { ...syntax, left: go(syntax.left), right: go(syntax.right) };
    case "like":
    case "glob":
    case "is_null":
      return { ...syntax, subject: go(syntax.subject) };
    case "in":
      return { ...syntax, subject: go(syntax.subject), values: syntax.values.map(go) };
    case "between":
      return { ...syntax, subject: go(syntax.subject), low: go(syntax.low), high: go(syntax.high) };
    case "cast":
      return { ...syntax, operand: go(syntax.operand) };
    case "case":
      return resolveCase(syntax, go);
    case "in_query":
    case "exists":
      return resolveSubquery(syntax, place);
  }
}

function resolveCase(syntax: Extract<Syntax, { kind: "case" }>, go: (part: Syntax) => Expression): Expression {
  const operand = syntax.operand === undefined ? {} : { operand: go(syntax.operand) };
  const branches = syntax.branches.map(({ when, result }) => ({ when: go(when), result: go(result) }));
  const otherwise = syntax.otherwise === undefined ? {} : { otherwise: go(syntax.otherwise) };
  return { kind: "case", ...operand, branches, ...otherwise };
}

function resolveName(name: NameSyntax, place: Place): Reference {
  const column = findColumn(name, place.scope);
  const isOutput = name.qualifier === undefined && place.scope.outputs.some((output) => output.name === name.name);
  if (column === undefined || (isOutput && !isOwn(column, place.scope))) {
    if (isOutput && place.takesOutputs) return { kind: "output", name: name.name };
    if (isOutput) throw outputMisplaced(name, place);
    throw unknownName(name, place.scope);
  }
  if (place.isInAggregate === true && !isOwn(column, place.scope)) {
    throw new RefusedSql("aggregate_misplaced", "an aggregate takes columns of its own SELECT only", name.offset);
  }
  return column;
}

function outputMisplaced(name: NameSyntax, place: Place): RefusedSql {
  const message = `${name.name} is a result column, which ${place.clause} does not see`;
  return new RefusedSql("column_unknown", message, name.offset, "write out what it stands for");
}

function resolveSubquery(syntax: Extract<Syntax, { kind: "in_query" | "exists" }>, place: Place): Expression {
  const offset = syntax.query.selects[0]!.offset;
  if (!place.takesSubqueries) {
    throw new RefusedSql("subquery_not_allowed", "subqueries stand in WHERE and ON only", offset);
  }
  if (syntax.kind === "exists") {
    return { kind: "exists", query: place.resolution.subquery(syntax.query, place.scope, offset) };
  }
  const subject = resolveExpression(syntax.subject, place);
  const query = place.resolution.subquery(syntax.query, place.scope, offset);
  if (query.selects[0]!.outputs.length !== 1) {
    throw new RefusedSql("columns_differ", "IN (SELECT …) takes one column", offset);
  }
  return { kind: "in_query", isNegated: syntax.isNegated, subject, query };
}
