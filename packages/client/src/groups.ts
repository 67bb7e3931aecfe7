import { type OperationName, operations } from "@holdfast/contract";
import type { Groups } from "@holdfast/contract/types";
import type { Call } from "./call.ts";
import { type OperationRow, rowOf } from "./encode.ts";
import type { CallOptions } from "./options.ts";

type Method = (...given: readonly unknown[]) => Promise<unknown>;

/** `client.secrets.read(key)` for each operation of the table: path parameters by position, then the rest, then options. */
export function groupsOf(call: Call): Groups<CallOptions> {
  const ownVerbs: Record<string, Method> = {};
  const groups: Record<string, Record<string, Method>> = {};
  for (const name of Object.keys(operations) as OperationName[]) {
    const row = rowOf(name);
    const method = methodOf(call, name, row);
    if (row.group === null) ownVerbs[row.verb] = method;
    else groups[row.group] = { ...groups[row.group], [row.verb]: method };
  }
  // The emitted type is printed from the same table that this loop reads.
  return { ...ownVerbs, ...groups } as unknown as Groups<CallOptions>;
}

function methodOf(call: Call, name: OperationName, row: OperationRow): Method {
  const params = [...row.path.matchAll(/\{(\w+)\}/g)].map(([, param = ""]) => param);
  const hasRest = Object.keys(row.fields).length > params.length;
  return (...given) => {
    const positional = Object.fromEntries(params.map((param, index) => [param, given[index]]));
    const rest = hasRest ? (given[params.length] as object | undefined) : {};
    const options = given[params.length + (hasRest ? 1 : 0)] as CallOptions | undefined;
    return call(name, { ...rest, ...positional }, options);
  };
}
