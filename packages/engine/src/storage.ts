import type { Refusal } from "./errors.ts";
import type { StoredRow } from "./operation.ts";
import type { CommitResult, Submission } from "./submission.ts";
import type { Row, Table } from "./table.ts";

type Parameter = string | number | Uint8Array | null;

/** Read side of a back end: committed rows only, each checked against its MAC before anyone sees it. */
export interface Storage {
  row(table: Table, key: Row): StoredRow | undefined | Promise<StoredRow | undefined>;
  /** `sql` selects every column of `table`. */
  rows(
    table: Table,
    sql: string,
    parameters: readonly Parameter[],
  ): readonly StoredRow[] | Promise<readonly StoredRow[]>;
}

/** Write side of a back end: the one owner of the chain head. */
export interface Committer {
  /** The refusal that any operation would meet now; asked before work is spent on it. */
  admission(): Refusal | undefined;
  /** Why nothing can be taken on now, asked before any work is done; undefined when it can. */
  admission(): Refusal | undefined;
  submit(submission: Submission): Promise<CommitResult>;
  /** Ledger size that is visible: caches already know of everything below it. */
  readonly position: number;
  /** Row as the queue will leave it; `undefined` when nothing queued touches it, `null` when it will be deleted. */
  pending(table: Table, key: Row): { readonly row: Row; readonly rev: number } | null | undefined;
}
