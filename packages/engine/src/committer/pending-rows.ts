import type { HashedChange } from "../submission.ts";
import type { Row, Table } from "../table.ts";
import { rowKey } from "./layout.ts";

export interface PendingRow {
  readonly row: Row;
  readonly rev: number;
}

/** Rows as everything queued will leave them, so that blind writers of one row can plan on each other. */
export class PendingRows {
  readonly #rows = new Map<string, { readonly owner: object; readonly pending: PendingRow | null }>();

  /** `null`: it will be deleted; `undefined`: nothing queued touches it. */
  get(table: Table, key: Row): PendingRow | null | undefined {
    return this.#rows.size === 0 ? undefined : this.#rows.get(rowKey(table, key))?.pending;
  }

  add(owner: object, changes: readonly HashedChange[]): void {
    for (const { change } of changes) {
      if ("put" in change) {
        const pending = { row: change.row, rev: change.expect + 1 };
        this.#rows.set(rowKey(change.put, change.row), { owner, pending });
      } else this.#rows.set(rowKey(change.delete, change.key), { owner, pending: null });
    }
  }

  /** Forgets what this owner planned, unless someone behind it planned on the same row since. */
  remove(owner: object, changes: readonly HashedChange[]): void {
    for (const { change } of changes) {
      const key = "put" in change ? rowKey(change.put, change.row) : rowKey(change.delete, change.key);
      if (this.#rows.get(key)?.owner === owner) this.#rows.delete(key);
    }
  }
}
