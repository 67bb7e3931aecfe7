import type { SignedHead } from "@holdfast/kernel/head";
import type { Refusal } from "./errors.ts";
import type { StoredCheckpoint } from "./ledger/ledger-reader.ts";
import type { StoredRow } from "./operation.ts";
import type { CommitResult, Submission } from "./submission.ts";
import type { Row, Table } from "./table.ts";

type Parameter = string | number | Uint8Array | null;

/** Read side of a back end: committed rows only, each checked against its MAC before anyone sees it. */
export interface Storage {
  /** The row with this key; undefined when there is none. Throws when its MAC does not hold. */
  row(table: Table, key: Row): StoredRow | undefined | Promise<StoredRow | undefined>;
  /**
   * `sql` selects every column of `table`, in words that any back end reads: parameters are bare `?`, in order, and
   * text sorts and compares by its bytes (a back end with collations has to see to that).
   */
  rows(
    table: Table,
    sql: string,
    parameters: readonly Parameter[],
  ): readonly StoredRow[] | Promise<readonly StoredRow[]>;
}

/** A row as a queued submission will leave it, if that is committed. */
export interface QueuedRow {
  /** `null` when it will be deleted. */
  readonly stands: { readonly row: Row; readonly rev: number } | null;
  /** What a plan on this row has to come `after`. */
  readonly owner: Submission;
}

/** Write side of a back end: the one owner of the chain head. */
export interface Committer {
  /** Other nodes commit to the same ledger. */
  readonly isShared?: boolean;
  /** The refusal that any operation would meet now, asked before any work is spent on it; undefined when there is none. */
  admission(): Refusal | undefined;
  /**
   * Resolves once entry and changes are durable and caches have heard of them, or once nothing of it will ever be.
   * Rejects with a Refusal: `overloaded` and `internal` when nothing was begun, `storage_failed` when it may stand.
   */
  submit(submission: Submission): Promise<CommitResult>;
  /** Ledger size that is visible: caches already know of everything below it. */
  readonly position: number;
  /** Row as the queue will leave it; `undefined` when nothing queued touches it. */
  pending(table: Table, key: Row): QueuedRow | undefined;
  /** Resolves once nothing queued touches the row: what was queued stands by then, or never will. */
  settled(table: Table, key: Row): Promise<void>;
}

/** A committer with what it knows of the newest end of its ledger. */
export interface LedgerCommitter extends Committer {
  readonly head: SignedHead;
  /** The newest that is persisted, whoever issued it. */
  readonly checkpoint: StoredCheckpoint | undefined;
  readonly queue: { readonly depth: number; readonly bytes: number; readonly ageMs: number };
  /** The newest checkpoint, after one was issued over everything that is committed: for a proof that cannot wait. */
  checkpointNow(): Promise<StoredCheckpoint | undefined>;
  /** Finishes what is queued. */
  close(): Promise<void>;
}
