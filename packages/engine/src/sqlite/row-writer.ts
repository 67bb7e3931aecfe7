import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { HashedChange } from "../submission.ts";
import type { Cell, Row, Table } from "../table.ts";
import { type Layout, layoutOf } from "../committer/layout.ts";
import { macOf } from "../committer/row.ts";

interface Statements {
  readonly layout: Layout;
  readonly insert: StatementSync;
  readonly update: StatementSync;
  readonly remove: StatementSync;
}

/** Applies changes inside the caller's transaction; the row version is each change's second guard after footprints. */
export class RowWriter {
  readonly #database: DatabaseSync;
  readonly #stateKey: Uint8Array;
  readonly #statements = new Map<string, Statements>();

  constructor(database: DatabaseSync, stateKey: Uint8Array) {
    this.#database = database;
    this.#stateKey = stateKey;
  }

  /** False when the stored row does not have the version that the change expects. */
  apply({ change, hash }: HashedChange, seq: number): boolean {
    if ("delete" in change) {
      const { layout, remove } = this.#of(change.delete);
      return remove.run(...keyCells(layout, change.key), change.expect).changes === 1;
    }
    const { layout, insert, update } = this.#of(change.put);
    const cells = layout.columns.map(({ name }) => change.row[name] ?? null);
    const owned = [change.expect + 1, seq, macOf(this.#stateKey, change.put, hash, seq)];
    if (change.expect === 0) return insert.run(...cells, ...owned).changes === 1;
    return update.run(...cells, ...owned, ...keyCells(layout, change.row), change.expect).changes === 1;
  }

  #of(table: Table): Statements {
    const known = this.#statements.get(table.name);
    if (known !== undefined) return known;
    const layout = layoutOf(table);
    const statements = {
      layout,
      insert: this.#database.prepare(layout.insert),
      update: this.#database.prepare(layout.update),
      remove: this.#database.prepare(layout.remove),
    };
    this.#statements.set(table.name, statements);
    return statements;
  }
}

const keyCells = (layout: Layout, row: Row) => layout.key.map(({ name }) => row[name] as Cell);
