import { didYouMean } from "../near-miss.ts";
import type { SqlFunction } from "./functions.ts";
import { RefusedSql } from "./refusal.ts";
import type { Place } from "./resolve-expression.ts";
import { shown } from "./scope.ts";
import type { Expression, Syntax } from "./tree.ts";

type CallSyntax = Extract<Syntax, { kind: "call" }>;

/** Resolves a call of a function on the list, with the arguments that it takes, where it may stand. */
export function resolveCall(
  call: CallSyntax,
  place: Place,
  resolveExpression: (syntax: Syntax, place: Place) => Expression,
): Expression {
  const known = place.resolution.functions.get(call.name);
  if (known === undefined) throw unknownFunction(call, place);
  refuseArguments(call, known);
  if (known.kind === "aggregate") refuseMisplacedAggregate(call, place);
  const inner = known.kind === "aggregate" ? insideAggregate(place) : place;
  const list = call.arguments === "*" ? call.arguments : call.arguments.map((part) => resolveExpression(part, inner));
  return { ...call, arguments: list };
}

function unknownFunction(call: CallSyntax, place: Place): RefusedSql {
  const names = [...place.resolution.functions.keys()];
  const hint = didYouMean(call.name, names) ?? `there are ${names.join(", ")}`;
  return new RefusedSql("function_not_allowed", `the function ${shown(call.name)} is not admitted`, call.offset, hint);
}

function refuseArguments(call: CallSyntax, known: SqlFunction): void {
  const refuse = (message: string, hint?: string): never => {
    throw new RefusedSql("function_arguments", message, call.offset, hint);
  };
  if (call.arguments === "*") {
    if (known.name !== "count" || call.isDistinct) refuse(`${known.name} does not take *`);
    return;
  }
  if (call.isDistinct && known.kind !== "aggregate") refuse(`${known.name} does not take DISTINCT`);
  if (call.arguments.length < known.fewest || call.arguments.length > known.most) {
    refuse(`${known.name} takes ${countOf(known)}, not ${call.arguments.length}`, known.description);
  }
  if (known.takes === "no_growth" && !isNoGrowth(call.arguments)) {
    refuse("replace takes two text literals, the second not longer than the first", "texts must not grow");
  }
  if (known.takes === "unix_epoch" && !isText(call.arguments[1], "unixepoch")) {
    refuse(`${known.name} takes a Unix time and 'unixepoch'`, known.description);
  }
}

function countOf({ fewest, most }: SqlFunction): string {
  const range = fewest === most ? `${fewest}` : `${fewest} to ${most}`;
  return `${range} argument${most === 1 ? "" : "s"}`;
}

/** `replace(replace(x, 'a', …), …)` with longer texts would multiply at each level (ATTACKS 36). */
function isNoGrowth([, from, to]: readonly Syntax[]): boolean {
  if (from?.kind !== "literal" || to?.kind !== "literal") return false;
  if (typeof from.value !== "string" || typeof to.value !== "string") return false;
  return to.value.length <= from.value.length;
}

function isText(syntax: Syntax | undefined, value: string): boolean {
  return syntax?.kind === "literal" && syntax.value === value;
}

function refuseMisplacedAggregate(call: CallSyntax, place: Place): void {
  if (place.isInAggregate === true) {
    throw new RefusedSql("aggregate_misplaced", "an aggregate does not take another one", call.offset);
  }
  if (!place.takesAggregates) {
    const message = `${call.name} counts rows of a group, which ${place.clause} does not have`;
    throw new RefusedSql("aggregate_misplaced", message, call.offset, "use GROUP BY … HAVING");
  }
  place.resolution.aggregates += 1;
  place.resolution.isAggregate = true;
}

function insideAggregate(place: Place): Place {
  return {
    ...place,
    clause: "an aggregate",
    takesAggregates: false,
    takesOutputs: false,
    takesSubqueries: false,
    isInAggregate: true,
  };
}
