import { setImmediate } from "node:timers/promises";
import { PendingRows } from "../committer/pending-rows.ts";
import type { StoredRow } from "../operation.ts";
import type { Committer, QueuedRow, Storage } from "../storage.ts";
import type { CommitResult, Submission } from "../submission.ts";
import type { Row, Table } from "../table.ts";
import { MemoryLedger } from "./memory-ledger.fixture.ts";

/** The ledger in memory behind a network: a read answers with what stood when it was asked, a commit waits in line. */
export class LateLedger implements Committer, Storage {
  readonly stored = new MemoryLedger();
  readonly #queued = new PendingRows();
  #last: Promise<unknown> = Promise.resolve();
  /** What a read does before it answers. */
  beforeAnswering: () => void | Promise<void> = () => {};
  readsOfRows = 0;

  get position(): number {
    return this.stored.position;
  }

  admission(): undefined {
    return undefined;
  }

  submit(submission: Submission): Promise<CommitResult> {
    this.#queued.add(submission);
    const committing = this.#last.then(() => this.#commit(submission));
    this.#last = committing.catch(() => {});
    return committing;
  }

  async #commit(submission: Submission): Promise<CommitResult> {
    await setImmediate();
    try {
      return await this.stored.submit(submission);
    } finally {
      this.#queued.remove(submission);
    }
  }

  pending(table: Table, key: Row): QueuedRow | undefined {
    return this.#queued.get(table, key);
  }

  settled(table: Table, key: Row): Promise<void> {
    return this.#queued.settled(table, key);
  }

  async row(table: Table, key: Row): Promise<StoredRow | undefined> {
    this.readsOfRows++;
    const found = this.stored.row(table, key);
    await setImmediate();
    await this.beforeAnswering();
    return found;
  }

  async rows(): Promise<readonly StoredRow[]> {
    await setImmediate();
    return this.stored.rows();
  }
}
