import { didYouMean } from "../near-miss.ts";
import { sqlLimits } from "./limits.ts";
import { nameOutputs } from "./name-outputs.ts";
import { RefusedSql } from "./refusal.ts";
import type { Resolution } from "./resolution.ts";
import { type Place, resolveExpression } from "./resolve-expression.ts";
import { resolveSources } from "./resolve-sources.ts";
import { type Scope, type ScopeOutput, shown } from "./scope.ts";
import type { Expression, OrderSyntax, OutputSyntax, Select, SelectSyntax } from "./tree.ts";

/** One SELECT with its names resolved, and what ORDER BY has to know of it. */
export interface ResolvedSelect {
  readonly select: Select;
  readonly scope: Scope;
  readonly isAggregate: boolean;
}

/** Resolves FROM, then the result columns, then the clauses that see both. */
export function resolveSelect(syntax: SelectSyntax, resolution: Resolution, parent?: Scope): ResolvedSelect {
  const { scope: tables, sources } = resolveSources(syntax.sources, resolution, parent);
  const outputs = resolveOutputs(syntax.outputs, tables, resolution);
  const scope = { ...tables, outputs };
  const place = { scope, resolution, takesAggregates: false, takesOutputs: false, takesSubqueries: false };
  const where = syntax.where && resolveExpression(syntax.where, { ...place, clause: "WHERE", takesSubqueries: true });
  const groupBy = syntax.groupBy.map((term) => resolveGroup(term, { ...place, clause: "GROUP BY" }));
  const havingPlace = { ...place, clause: "HAVING", takesAggregates: true, takesOutputs: true };
  const having = syntax.having && resolveExpression(syntax.having, havingPlace);
  if (groupBy.length > 0) resolution.isAggregate = true;
  const select = {
    isDistinct: syntax.isDistinct,
    outputs: outputs.map(({ value, name }) => ({ value, name })),
    sources,
    ...(where === undefined ? {} : { where }),
    groupBy,
    ...(having === undefined ? {} : { having }),
  };
  return { select, scope, isAggregate: groupBy.length > 0 || outputs.some((output) => output.isAggregate) };
}

function resolveOutputs(syntax: readonly OutputSyntax[], scope: Scope, resolution: Resolution): readonly ScopeOutput[] {
  const place = {
    scope,
    resolution,
    clause: "the list of columns",
    takesAggregates: true,
    takesOutputs: false,
    takesSubqueries: false,
  };
  const outputs = syntax.flatMap((output) => resolveOutput(output, place));
  if (outputs.length > sqlLimits.outputs) {
    throw new RefusedSql("too_complex", `there are more than ${sqlLimits.outputs} result columns`, syntax[0]!.offset);
  }
  return nameOutputs(outputs);
}

type Unnamed = Omit<ScopeOutput, "name"> & { readonly alias?: string; readonly offset: number };

function resolveOutput({ value, alias, offset }: OutputSyntax, place: Place): readonly Unnamed[] {
  if (value.kind === "star") return expandStar(value.qualifier, offset, place.scope);
  const before = place.resolution.aggregates;
  const resolved = resolveExpression(value, place);
  const isAggregate = place.resolution.aggregates > before;
  return [{ value: resolved, isAggregate, ...(alias === undefined ? {} : { alias }), offset }];
}

function expandStar(qualifier: string | undefined, offset: number, scope: Scope): readonly Unnamed[] {
  const sources = scope.sources.filter((source) => qualifier === undefined || source.alias === qualifier);
  if (sources.length === 0) {
    const hint = didYouMean(
      String(qualifier),
      scope.sources.map((source) => source.alias),
    );
    throw new RefusedSql("table_unknown", `${shown(String(qualifier))} is no table in FROM`, offset, hint);
  }
  return sources.flatMap(({ alias, columns }) =>
    columns.map((name) => ({ value: { kind: "column" as const, source: alias, name }, isAggregate: false, offset })),
  );
}

/** A result column that GROUP BY names, or counts, is written out: SQLite might take its name for a column's. */
function resolveGroup(term: OrderSyntax, place: Place): Expression {
  const output = outputAt(term, place.scope.outputs);
  if (output !== undefined) return groupable(output, term);
  const value = resolveExpression(term.value, { ...place, takesOutputs: term.value.kind === "name" });
  if (value.kind !== "output") return value;
  return groupable(place.scope.outputs.find((candidate) => candidate.name === value.name)!, term);
}

function groupable(output: ScopeOutput, term: OrderSyntax): Expression {
  if (!output.isAggregate) return output.value;
  throw new RefusedSql("aggregate_misplaced", "GROUP BY does not take an aggregate", term.offset);
}

/** The result column that a whole number in ORDER BY or GROUP BY means. */
export function outputAt(term: OrderSyntax, outputs: readonly ScopeOutput[]): ScopeOutput | undefined {
  const { value, offset } = term;
  if (value.kind !== "literal") return undefined;
  const output = value.type === "integer" ? outputs[Number(value.value) - 1] : undefined;
  if (output !== undefined) return output;
  const hint = `name a column, or a result column by its number from 1 to ${outputs.length}`;
  throw new RefusedSql("column_unknown", "there is no such result column", offset, hint);
}
