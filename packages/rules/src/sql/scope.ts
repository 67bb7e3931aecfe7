import { didYouMean } from "../near-miss.ts";
import { RefusedSql } from "./refusal.ts";
import type { Expression, NameSyntax, Reference } from "./tree.ts";

/** A table in FROM, under the name that the statement knows it by. */
export interface ScopeSource {
  readonly alias: string;
  readonly columns: readonly string[];
}

export interface ScopeOutput {
  readonly name: string;
  readonly value: Expression;
  readonly isAggregate: boolean;
}

/** What names mean inside one SELECT; `parent` is the SELECT around it. */
export interface Scope {
  readonly sources: readonly ScopeSource[];
  readonly outputs: readonly ScopeOutput[];
  readonly parent?: Scope;
}

/** Finds the column that a name means; undefined when there is none in this SELECT or around it. */
export function findColumn(name: NameSyntax, scope: Scope): Reference | undefined {
  return name.qualifier === undefined ? findBare(name, scope) : findQualified(name, name.qualifier, scope);
}

function findBare(name: NameSyntax, scope: Scope): Reference | undefined {
  const [first, second] = scope.sources.filter((source) => source.columns.includes(name.name));
  if (first === undefined) return scope.parent === undefined ? undefined : findBare(name, scope.parent);
  if (second !== undefined) {
    const hint = `write ${first.alias}.${name.name} or ${second.alias}.${name.name}`;
    throw new RefusedSql("column_ambiguous", `several tables have a column ${name.name}`, name.offset, hint);
  }
  return { kind: "column", source: first.alias, name: name.name };
}

function findQualified(name: NameSyntax, qualifier: string, scope: Scope): Reference | undefined {
  const source = scope.sources.find((candidate) => candidate.alias === qualifier);
  if (source === undefined)
    return scope.parent === undefined ? undefined : findQualified(name, qualifier, scope.parent);
  return source.columns.includes(name.name) ? { kind: "column", source: qualifier, name: name.name } : undefined;
}

/** Whether the name is of this SELECT's own tables, and not of one around it. */
export function isOwn(reference: Reference, scope: Scope): boolean {
  return reference.kind === "output" || scope.sources.some((source) => source.alias === reference.source);
}

/** Refuses a name that means nothing, with what may have been meant. */
export function unknownName(name: NameSyntax, scope: Scope): RefusedSql {
  const chain = [...around(scope)];
  const sources = chain.flatMap((one) => one.sources);
  if (name.qualifier !== undefined && !sources.some((source) => source.alias === name.qualifier)) {
    const hint = didYouMean(
      name.qualifier,
      sources.map((source) => source.alias),
    );
    return new RefusedSql("table_unknown", `${shown(name.qualifier)} is no table in FROM`, name.offset, hint);
  }
  const searched = sources.filter((source) => name.qualifier === undefined || source.alias === name.qualifier);
  const hint =
    didYouMean(
      name.name,
      searched.flatMap((source) => source.columns),
    ) ?? "text literals stand in '…'";
  return new RefusedSql("column_unknown", `there is no column ${shown(name.name)}`, name.offset, hint);
}

/** A name as messages repeat it: it may be quoted, long and odd. */
export function shown(name: string): string {
  return name.length <= 64 && /^[\x21-\x7e]+$/.test(name) ? name : "of this name";
}

function* around(scope: Scope): Generator<Scope> {
  for (let one: Scope | undefined = scope; one !== undefined; one = one.parent) yield one;
}
