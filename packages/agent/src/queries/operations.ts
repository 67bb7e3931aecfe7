import { implement, type Operation, type OperationDefinition } from "@holdfast/engine";
import { ruleTables } from "@holdfast/rules";
import { type QueryParts, runQuery } from "./run-query.ts";

export function queryOperations(definition: (name: string) => OperationDefinition, parts: QueryParts): Operation[] {
  const items = ruleTables.map(({ name, kind, description, columns }) => ({ name, kind, description, columns }));
  return [
    implement(definition("query.run"), runQuery(parts)),
    implement(definition("table.list"), () => ({ output: { items } })),
  ];
}
