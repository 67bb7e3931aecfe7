import { didYouMean } from "../near-miss.ts";
import { RefusedSql } from "./refusal.ts";
import type { Resolution } from "./resolution.ts";
import { resolveExpression } from "./resolve-expression.ts";
import { outputAt, type ResolvedSelect, resolveSelect } from "./resolve-select.ts";
import type { Scope } from "./scope.ts";
import type { Expression, OrderSyntax, Query, QuerySyntax } from "./tree.ts";

/** Resolves a query: the tables in WITH in their order, each SELECT, ORDER BY over them. */
export function resolveQuery(syntax: QuerySyntax, resolution: Resolution, parent?: Scope): Query {
  const tables = resolveWith(syntax.tables, resolution);
  const resolved = syntax.selects.map((select) => resolveSelect(select, resolution, parent));
  refuseUnequalColumns(resolved, syntax);
  const orderBy = syntax.orderBy.map((term) => ({
    value: resolved.length === 1 ? resolveOrder(term, resolved[0]!, resolution) : resolveUnionOrder(term, resolved[0]!),
    isDescending: term.isDescending,
  }));
  return {
    tables,
    selects: resolved.map((one) => one.select),
    orderBy,
    ...(syntax.limit === undefined ? {} : { limit: syntax.limit }),
    ...(syntax.skip === undefined ? {} : { skip: syntax.skip }),
  };
}

function resolveWith(tables: QuerySyntax["tables"], resolution: Resolution): Query["tables"] {
  for (const { name, offset } of tables) {
    if (resolution.tables.has(name) || resolution.pendingTables.has(name)) {
      throw new RefusedSql("name_taken", `there is another table ${name}`, offset, "give another name");
    }
    resolution.pendingTables.add(name);
  }
  return tables.map(({ name, query: syntax, offset }) => {
    let query: Query | undefined;
    resolution.makeTable(name, () => {
      query = resolution.subquery(syntax, nowhere, offset);
      return query.selects[0]!.outputs.map((output) => output.name);
    });
    return { name, query: query! };
  });
}

/** A table in WITH sees nothing of the statement around it. */
const nowhere: Scope = { sources: [], outputs: [] };

function refuseUnequalColumns(resolved: readonly ResolvedSelect[], syntax: QuerySyntax): void {
  const count = resolved[0]!.select.outputs.length;
  const odd = resolved.findIndex((one) => one.select.outputs.length !== count);
  if (odd === -1) return;
  const message = `UNION ALL joins ${count} columns with ${resolved[odd]!.select.outputs.length}`;
  throw new RefusedSql("columns_differ", message, syntax.selects[odd]!.offset);
}

/** A bare name in ORDER BY is a result column's first, as in SQLite; in an expression a column's first. */
function resolveOrder(term: OrderSyntax, { scope, isAggregate }: ResolvedSelect, resolution: Resolution): Expression {
  const output = outputAt(term, scope.outputs) ?? outputNamed(term, scope.outputs);
  if (output !== undefined) return { kind: "output", name: output.name };
  const clause = isAggregate ? "ORDER BY" : "ORDER BY of a statement without groups";
  const place = { scope, resolution, clause, takesAggregates: isAggregate, takesOutputs: true, takesSubqueries: false };
  return resolveExpression(term.value, place);
}

function resolveUnionOrder(term: OrderSyntax, { scope }: ResolvedSelect): Expression {
  const output = outputAt(term, scope.outputs) ?? outputNamed(term, scope.outputs);
  if (output !== undefined) return { kind: "output", name: output.name };
  const names = scope.outputs.map((candidate) => candidate.name);
  const hint = term.value.kind === "name" ? didYouMean(term.value.name, names) : undefined;
  throw new RefusedSql("column_unknown", "ORDER BY behind UNION ALL takes result columns only", term.offset, hint);
}

function outputNamed({ value }: OrderSyntax, outputs: Scope["outputs"]): Scope["outputs"][number] | undefined {
  if (value.kind !== "name" || value.qualifier !== undefined) return undefined;
  return outputs.find((output) => output.name === value.name);
}
