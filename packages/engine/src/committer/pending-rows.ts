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
  readonly #waiting = new Map<string, PromiseWithResolvers<void>>();

  /** `null`: it will be deleted; `undefined`: nothing queued touches it. */
  get(table: Table, key: Row): PendingRow | null | undefined {
    return this.#rows.size === 0 ? undefined : this.#rows.get(rowKey(table, key))?.pending;
  }

  /** Resolves once nothing queued touches the row. */
  async settled(table: Table, key: Row): Promise<void> {
    const id = rowKey(table, key);
    if (!this.#rows.has(id)) return;
    const waiting = this.#waiting.get(id) ?? Promise.withResolvers<void>();
    this.#waiting.set(id, waiting);
    await waiting.promise;
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
      if (this.#rows.get(key)?.owner !== owner) continue;
      this.#rows.delete(key);
      this.#waiting.get(key)?.resolve();
      this.#waiting.delete(key);
    }
  }
}
