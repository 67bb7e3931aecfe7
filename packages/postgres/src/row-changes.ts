import type { Cell, HashedChange, Row, Table } from "@holdfast/engine";
import { layoutOf, macOf, rowKey } from "@holdfast/engine/back-end";

/** What a row will be once the batch stands; undefined when it will be gone. */
interface Final {
  readonly row: Row;
  readonly rev: number;
  readonly mac: Uint8Array;
  readonly seq: number;
}

/** One row that a batch changes: however many of its submissions do, the database sees the first state and the last. */
export interface RowChange {
  readonly table: Table;
  readonly key: Row;
  /** Row version before the batch; 0 when there is none. */
  readonly expect: number;
  readonly final: Final | undefined;
}

/** Row versions that a commit found to be other than expected; by row key. */
export type FoundRevs = ReadonlyMap<string, number>;

/** The rows that a batch changes, submission by submission, each of them wholly or not at all. */
export class RowChanges {
  readonly #stateKey: Uint8Array;
  readonly #found: FoundRevs;
  readonly #changes = new Map<string, RowChange>();

  constructor(stateKey: Uint8Array, found: FoundRevs) {
    this.#stateKey = stateKey;
    this.#found = found;
  }

  /** In the order in which rows were first touched: what a commit calls them by. */
  get changes(): readonly RowChange[] {
    return [...this.#changes.values()];
  }

  get keys(): readonly string[] {
    return [...this.#changes.keys()];
  }

  /** Takes all changes of a submission, or the name of the table whose row is not as it expects, and none of them. */
  add(changes: readonly HashedChange[], seq: number): string | undefined {
    const taken = new Map<string, RowChange>();
    for (const { change, hash } of changes) {
      const table = "put" in change ? change.put : change.delete;
      const row = "put" in change ? change.row : change.key;
      const id = rowKey(table, row);
      const before = taken.get(id) ?? this.#changes.get(id);
      if (change.expect !== this.#revOf(id, before, change.expect)) return table.name;
      const final = "put" in change ? this.#finalOf(table, change.row, change.expect + 1, hash, seq) : undefined;
      taken.set(id, { table, key: keyOf(table, row), expect: before?.expect ?? change.expect, final });
    }
    for (const [id, change] of taken) this.#changes.set(id, change);
    return undefined;
  }

  /** As the batch has left it so far, else as the database was found; else as the change says. */
  #revOf(id: string, before: RowChange | undefined, expect: number): number {
    if (before !== undefined) return before.final?.rev ?? 0;
    return this.#found.get(id) ?? expect;
  }

  #finalOf(table: Table, row: Row, rev: number, hash: Uint8Array, seq: number): Final {
    return { row, rev, mac: macOf(this.#stateKey, table, hash, seq), seq };
  }
}

function keyOf(table: Table, row: Row): Row {
  const key: Record<string, Cell> = {};
  for (const { name } of layoutOf(table).key) key[name] = row[name] as Cell;
  return key;
}
