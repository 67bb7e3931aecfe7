import type { Operations } from "@holdfast/contract/types";
import { usage } from "../../failure.ts";
import { table } from "../../terminal/table.ts";

export type Tables = Operations["table.list"]["output"]["items"];

/** Tables, a line each. */
export function tableLines(tables: Tables): string {
  return table(tables.map(({ name, kind, description }) => [name, kind, description]));
}

/** Columns of one table, or of all. */
export function schemaLines(tables: Tables, name: string | undefined): string {
  const chosen = name === undefined ? tables : tables.filter((one) => one.name === name);
  if (chosen.length === 0) throw usage(`there is no table "${name ?? ""}"`, ".tables lists them");
  return chosen
    .map(({ name: title, columns }) => {
      return `${title}\n${table(columns.map((column) => [`  ${column.name}`, column.type, column.description]))}`;
    })
    .join("\n");
}
