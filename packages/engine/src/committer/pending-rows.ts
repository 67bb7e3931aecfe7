import type { QueuedRow } from "../storage.ts";
import type { Submission } from "../submission.ts";
import type { Row, Table } from "../table.ts";
import { rowKey } from "./layout.ts";

/** Rows as everything queued will leave them, so that blind writers of one row can plan on each other. */
export class PendingRows {
  readonly #rows = new Map<string, QueuedRow>();
  readonly #waiting = new Map<string, PromiseWithResolvers<void>>();

  /** Undefined: nothing queued touches it. */
  get(table: Table, key: Row): QueuedRow | undefined {
    return this.#rows.size === 0 ? undefined : this.#rows.get(rowKey(table, key));
  }

  /** Resolves once nothing queued touches the row. */
  async settled(table: Table, key: Row): Promise<void> {
    const id = rowKey(table, key);
    if (!this.#rows.has(id)) return;
    const waiting = this.#waiting.get(id) ?? Promise.withResolvers<void>();
    this.#waiting.set(id, waiting);
    await waiting.promise;
  }

  add(owner: Submission): void {
    for (const { change } of owner.changes) {
      if ("put" in change) {
        const stands = { row: change.row, rev: change.expect + 1 };
        this.#rows.set(rowKey(change.put, change.row), { owner, stands });
      } else this.#rows.set(rowKey(change.delete, change.key), { owner, stands: null });
    }
  }

  /** Forgets what this owner planned, unless someone behind it planned on the same row since. */
  remove(owner: Submission): void {
    for (const { change } of owner.changes) {
      const key = "put" in change ? rowKey(change.put, change.row) : rowKey(change.delete, change.key);
      if (this.#rows.get(key)?.owner !== owner) continue;
      this.#rows.delete(key);
      this.#waiting.get(key)?.resolve();
      this.#waiting.delete(key);
    }
  }
}
