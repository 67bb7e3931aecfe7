import type { Table } from "@holdfast/engine";
import { type Column, layoutOf } from "@holdfast/engine/back-end";

/** What is copied row by row: a table of the ledger or of the state, with all of its columns, in the order of its key. */
export interface Relation {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly key: readonly string[];
}

const integer = (name: string): Column => ({ name, type: "integer", isOptional: false });
const text = (name: string): Column => ({ name, type: "text", isOptional: false });
const blob = (name: string): Column => ({ name, type: "blob", isOptional: false });

/** The exact bytes; what queries go by (filters here, columns there) is made from them on the other side. */
export const entries: Relation = {
  name: "entries",
  columns: [integer("seq"), blob("bytes"), { ...blob("payload"), isOptional: true }],
  key: ["seq"],
};

export const tiles: Relation = {
  name: "tiles",
  columns: [integer("level"), integer("idx"), blob("hashes")],
  key: ["level", "idx"],
};

export const checkpoints: Relation = { name: "checkpoints", columns: [integer("size"), text("note")], key: ["size"] };

/** A declared table with the columns that bind its rows to the ledger: they are the same whatever database holds them. */
export function relationOf(table: Table): Relation {
  const { columns } = layoutOf(table);
  return { name: table.name, columns: [...columns, integer("rev"), integer("seq"), blob("mac")], key: table.key };
}

const quoted = (name: string): string => `"${name}"`;

export const columnList = ({ columns }: Relation): string => columns.map(({ name }) => quoted(name)).join(", ");

export const keyList = ({ key }: Relation): string => key.map(quoted).join(", ");
