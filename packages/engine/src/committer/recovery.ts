import type { SignedHead } from "@holdfast/kernel/head";
import type { StoredCheckpoint } from "../ledger/ledger-reader.ts";

/** Size and root (hex) of a tree that is known from elsewhere. */
export interface TreeHead {
  readonly size: number;
  readonly root: string;
}

/** What opening found and did. */
export interface Recovery {
  readonly isNew: boolean;
  /** Version of the tables before they were brought up to date; 0 in a new database. */
  readonly versionFound: number;
  /** The last process did not close the database: its write-ahead log was taken over. */
  readonly wasUnclean: boolean;
  readonly head: SignedHead;
  readonly checkpoint: StoredCheckpoint | undefined;
  /** Entries checked one by one, from this one to the head. */
  readonly verifiedFrom: number;
  /** There are entries, but no checkpoint over any: none was issued yet, or it was removed. */
  readonly isCheckpointMissing: boolean;
  readonly durationMs: number;
}
