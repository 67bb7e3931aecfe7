import { didYouMean } from "../near-miss.ts";
import { RefusedSql } from "./refusal.ts";
import type { Resolution } from "./resolution.ts";
import { resolveExpression } from "./resolve-expression.ts";
import { type Scope, type ScopeSource, shown } from "./scope.ts";
import type { Expression, Source, SourceSyntax } from "./tree.ts";

/** Finds the tables in FROM and resolves what joins them. */
export function resolveSources(
  syntax: readonly SourceSyntax[],
  resolution: Resolution,
  parent: Scope | undefined,
): { readonly scope: Scope; readonly sources: readonly Source[] } {
  const found: ScopeSource[] = [];
  const sources = syntax.map((source): Source => {
    const alias = source.alias ?? source.table;
    refuseTakenAlias(source, alias, found, resolution);
    const columns = resolution.open(source.table, source.offset);
    if (columns === undefined) throw unknownTable(source, resolution);
    found.push({ alias, columns });
    if (source.join === undefined) return { table: source.table, alias };
    const on = resolveOn(source.join.on, scopeOf(found, parent), resolution);
    refuseLooseJoin(on, alias, source.offset);
    return { table: source.table, alias, join: { kind: source.join.kind, on } };
  });
  return { scope: scopeOf(found, parent), sources };
}

function scopeOf(sources: readonly ScopeSource[], parent: Scope | undefined): Scope {
  return { sources: [...sources], outputs: [], ...(parent === undefined ? {} : { parent }) };
}

function resolveOn(on: SourceSyntaxOn, scope: Scope, resolution: Resolution): Expression {
  const place = { scope, resolution, clause: "ON", takesAggregates: false, takesOutputs: false, takesSubqueries: true };
  return resolveExpression(on, place);
}

type SourceSyntaxOn = NonNullable<SourceSyntax["join"]>["on"];

/** A name that hides a table would make a statement read something else than it says (ATTACKS 36). */
function refuseTakenAlias(
  source: SourceSyntax,
  alias: string,
  found: readonly ScopeSource[],
  resolution: Resolution,
): void {
  const isTaken = found.some((other) => other.alias === alias);
  const hidesTable = alias !== source.table && (resolution.tables.has(alias) || resolution.withTables.has(alias));
  if (!isTaken && !hidesTable) return;
  const message = isTaken ? `two tables in FROM are named ${shown(alias)}` : `${shown(alias)} is the name of a table`;
  throw new RefusedSql("name_taken", message, source.offset, "give another name with AS");
}

function unknownTable({ table, offset }: SourceSyntax, resolution: Resolution): RefusedSql {
  if (resolution.pendingTables.has(table)) {
    const message = `${table} is read before it is complete: that is a recursion`;
    return new RefusedSql("recursive", message, offset, "a table in WITH reads those before it");
  }
  const names = [...resolution.withTables.keys(), ...resolution.tables.keys()];
  const hint = didYouMean(table, names) ?? `there are ${names.join(", ")}`;
  return new RefusedSql("table_unknown", `there is no table ${shown(table)}`, offset, hint);
}

/** `ON 1 = 1` is a cross join in disguise: two columns, one of each side, have to be equal (ATTACKS 36). */
function refuseLooseJoin(on: Expression, alias: string, offset: number): void {
  const terms = on.kind === "and" ? on.terms : [on];
  if (terms.some((term) => isKeyOf(term, alias))) return;
  const message = "ON does not say which columns of the two tables are equal";
  throw new RefusedSql("cross_join", message, offset, "write ON a.column = b.column AND …");
}

function isKeyOf(term: Expression, alias: string): boolean {
  if (term.kind !== "binary" || term.operator !== "=") return false;
  const { left, right } = term;
  if (left.kind !== "column" || right.kind !== "column") return false;
  return (left.source === alias) !== (right.source === alias);
}
