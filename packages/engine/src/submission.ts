import type { Change } from "./table.ts";

export type Outcome = "ok" | "denied" | "failed" | "conflict";

/** What the gate decides of an entry; the committer assigns `seq`, `time` and `prev`. */
export interface EntryDraft {
  readonly tenant: string;
  readonly actor: string;
  readonly action: string;
  readonly resource: string;
  readonly outcome: Outcome;
  readonly reason: string;
}

/** The sealed payload of an entry, with the commitment that stands in the entry. */
export interface SealedPayload {
  /** HMAC-SHA-256(random salt, payload), 32 bytes. */
  readonly commitment: Uint8Array;
  /** Payload-key id 16 ‖ nonce 24 ‖ ciphertext of (salt 32 ‖ payload) ‖ tag 16. */
  readonly sealed: Uint8Array;
}

/** A change with the SHA-256 of the row as it will be stored (32 bytes; of a delete: 32 zero bytes). */
export interface HashedChange {
  readonly change: Change;
  readonly hash: Uint8Array;
}

/** One operation on its way into the ledger: all of it is committed, or none. */
export interface Submission {
  readonly entry: EntryDraft;
  readonly payload: SealedPayload;
  readonly changes: readonly HashedChange[];
  /** Footprint keys read while planning; one that changed after `seen` makes the submission stale. */
  readonly reads: readonly string[];
  /** Footprint keys that this submission changes. */
  readonly writes: readonly string[];
  /** Ledger size at which planning began. */
  readonly seen: number;
  /**
   * Queued submissions whose rows this one was planned on. It conflicts when one of them is not committed: a row version
   * alone would not tell that the row is another one by then, for another node may have written the same version.
   */
  readonly after?: readonly Submission[];
}

export type CommitResult =
  | { readonly status: "committed"; readonly seq: number; readonly time: number }
  | { readonly status: "stale"; readonly key: string }
  | { readonly status: "conflict"; readonly table: string };
