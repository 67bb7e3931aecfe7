import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { RuleTable } from "@holdfast/rules";
import { identityOf } from "./identity.ts";
import { quietColumns } from "./quiet-columns.ts";
import type { Cell, Row } from "./row.ts";

/** Writes rows of one table; its statements are prepared when they are first used. */
export class TableWriter {
  readonly #database: DatabaseSync;
  readonly #table: RuleTable;
  readonly #names: readonly string[];
  readonly #defaults: readonly Cell[];
  /** Bound to the statement again and again: a new list for each row costs a third of the time. */
  readonly #cells: Cell[];
  readonly #seqAt: number;
  readonly #firstSeenAt: number;
  readonly #lastSeenAt: number;
  #put: StatementSync | undefined;
  #remove: StatementSync | undefined;

  constructor(database: DatabaseSync, table: RuleTable) {
    this.#database = database;
    this.#table = table;
    this.#names = table.columns.map(({ name }) => name);
    this.#defaults = table.columns.map(({ type }) => (type === "text" ? "" : 0));
    this.#cells = [...this.#defaults];
    this.#seqAt = this.#names.indexOf("seq");
    this.#firstSeenAt = this.#names.indexOf("first_seen");
    this.#lastSeenAt = this.#names.indexOf("last_seen");
  }

  get isOfEvents(): boolean {
    return this.#table.kind === "events";
  }

  /** Appends an event, or puts a row of state by its identity, under the number given. */
  put(row: Row, seq: number, seconds: number): void {
    const cells = this.#cells;
    for (let index = 0; index < cells.length; index++) {
      cells[index] = row[this.#names[index] as string] ?? (this.#defaults[index] as Cell);
    }
    cells[this.#seqAt] = seq;
    if (this.#firstSeenAt >= 0) cells[this.#firstSeenAt] = seconds;
    if (this.#lastSeenAt >= 0) cells[this.#lastSeenAt] = seconds;
    this.#put ??= this.#database.prepare(putSql(this.#table));
    this.#put.run(...cells);
  }

  /** Takes away the row of state with this identity; true when there was one. */
  remove(identity: Row): boolean {
    const { name, identity: names } = this.#table;
    this.#remove ??= this.#database.prepare(`DELETE FROM "${name}" WHERE ${names.map(equals).join(" AND ")}`);
    return this.#remove.run(...names.map((column) => identity[column] ?? "")).changes !== 0;
  }

  /** Takes away every row of state that is not among `rows`. */
  removeOthers(rows: readonly Row[]): void {
    const { name, identity: names } = this.#table;
    const kept = new Set(rows.map((row) => identityOf(row, names)));
    const columns = names.map((column) => `"${column}"`).join(", ");
    for (const stored of this.#database.prepare(`SELECT ${columns} FROM "${name}"`).all() as Row[]) {
      if (!kept.has(identityOf(stored, names))) this.remove(stored);
    }
  }
}

const equals = (column: string): string => `"${column}" = ?`;

/**
 * A row that is there already keeps the time at which it was first seen, and its number unless something changed that
 * rules should look at again.
 */
function putSql({ name, kind, columns, identity }: RuleTable): string {
  const names = columns.map((column) => `"${column.name}"`);
  const insert = `INSERT INTO "${name}" (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;
  if (kind === "events") return insert;
  const quiet = quietColumns(name);
  const changing = columns.map((column) => column.name).filter((column) => !identity.includes(column));
  const watched = changing.filter((column) => !quiet.has(column));
  const differs = watched.map((column) => `"${column}" IS NOT excluded."${column}"`).join(" OR ") || "0";
  const sets = changing
    .filter((column) => column !== "first_seen" && column !== "seq")
    .map((column) => `"${column}" = excluded."${column}"`);
  const seq = `"seq" = CASE WHEN ${differs} THEN excluded."seq" ELSE "seq" END`;
  return `${insert} ON CONFLICT (${identity.map((column) => `"${column}"`).join(", ")}) DO UPDATE SET ${[...sets, seq].join(", ")}`;
}
