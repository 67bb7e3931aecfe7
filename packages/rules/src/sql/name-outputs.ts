import { RefusedSql } from "./refusal.ts";
import type { ScopeOutput } from "./scope.ts";
import type { Expression } from "./tree.ts";

type Unnamed = Omit<ScopeOutput, "name"> & { readonly alias?: string; readonly offset: number };

/**
 * Gives each result column a name of its own: the one that the statement says, else its column's, else its function's,
 * else its number; `_2` and so on where that is taken.
 */
export function nameOutputs(outputs: readonly Unnamed[]): readonly ScopeOutput[] {
  const taken = new Set<string>();
  for (const { alias, offset } of outputs) {
    if (alias === undefined) continue;
    if (taken.has(alias)) throw new RefusedSql("name_taken", `two result columns are named ${alias}`, offset);
    taken.add(alias);
  }
  return outputs.map(({ value, isAggregate, alias }, index) => {
    const name = alias ?? freeName(ownName(value, index), taken);
    taken.add(name);
    return { value, isAggregate, name };
  });
}

function ownName(value: Expression, index: number): string {
  if (value.kind === "column") return value.name;
  return value.kind === "call" ? `${value.name}_${argumentName(value.arguments)}` : `column_${index + 1}`;
}

/** `count_all`, `max_time`, `substr_path`. */
function argumentName(list: readonly Expression[] | "*"): string {
  if (list === "*") return "all";
  const [first] = list;
  return first?.kind === "column" ? first.name : "value";
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name}_${number}`)) number += 1;
  return `${name}_${number}`;
}
