import { toHex } from "@holdfast/kernel/bytes";
import type { Refusal } from "../errors.ts";
import type { StoredRow } from "../operation.ts";
import type { Committer, Storage } from "../storage.ts";
import type { CommitResult, HashedChange, Submission } from "../submission.ts";
import type { Change, Row, Table } from "../table.ts";

const addressOf = (table: Table, key: Row): string =>
  JSON.stringify([table.name, ...table.key.map((column) => cellText(key[column]))]);
const cellText = (cell: Row[string] | undefined) => (cell instanceof Uint8Array ? toHex(cell) : cell);
const keyOf = (change: Change): string =>
  "put" in change ? addressOf(change.put, change.row) : addressOf(change.delete, change.key);

/** A ledger in memory that judges footprints and row versions as a back end does, one submission at a time. */
export class MemoryLedger implements Committer, Storage {
  readonly entries: Submission[] = [];
  readonly #rows = new Map<string, StoredRow>();
  readonly #writtenAt = new Map<string, number>();
  /** Runs before a submission is judged: what others do at that moment. */
  beforeJudging: (submission: Submission) => void | Promise<void> = () => {};
  onCommitted: (writes: readonly string[]) => void = () => {};
  refusesWith: Refusal | undefined;

  get position(): number {
    return this.entries.length;
  }

  admission(): Refusal | undefined {
    return this.refusesWith;
  }

  async submit(submission: Submission): Promise<CommitResult> {
    await this.beforeJudging(submission);
    const { reads, changes, seen } = submission;
    const key = reads.find((read) => (this.#writtenAt.get(read) ?? -1) >= seen);
    if (key !== undefined) return { status: "stale", key };
    const conflicting = changes.find((hashed) => !this.#isExpected(hashed));
    if (conflicting !== undefined) return { status: "conflict", table: tableOf(conflicting.change).name };
    return { status: "committed", seq: this.#append(submission), time: 0 };
  }

  /** Somebody else's commit: an entry that writes these footprint keys. */
  write(...keys: string[]): void {
    for (const key of keys) this.#writtenAt.set(key, this.entries.length);
    this.entries.push({ ...foreign, writes: keys });
    this.onCommitted(keys);
  }

  store(table: Table, row: Row, rev = 1): void {
    this.#rows.set(addressOf(table, row), { row, rev, seq: 0 });
  }

  row(table: Table, key: Row): StoredRow | undefined {
    return this.#rows.get(addressOf(table, key));
  }

  rows(): readonly StoredRow[] {
    return [...this.#rows.values()];
  }

  pending(): undefined {
    return undefined;
  }

  async settled(): Promise<void> {}

  #isExpected({ change }: HashedChange): boolean {
    return (this.#rows.get(keyOf(change))?.rev ?? 0) === change.expect;
  }

  #append(submission: Submission): number {
    const seq = this.entries.length;
    for (const { change } of submission.changes) {
      if ("put" in change) this.#rows.set(keyOf(change), { row: change.row, rev: change.expect + 1, seq });
      else this.#rows.delete(keyOf(change));
    }
    for (const key of submission.writes) this.#writtenAt.set(key, seq);
    this.onCommitted(submission.writes);
    this.entries.push(submission);
    return seq;
  }
}

const tableOf = (change: Change): Table => ("put" in change ? change.put : change.delete);

const foreign: Submission = {
  entry: { tenant: "tn_other", actor: "ac_other", action: "other", resource: "other", outcome: "ok", reason: "" },
  payload: { commitment: new Uint8Array(32), sealed: new Uint8Array(0) },
  changes: [],
  reads: [],
  writes: [],
  seen: 0,
};
