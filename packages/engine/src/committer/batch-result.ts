import type { SignedHead } from "@holdfast/kernel/head";
import type { StoredCheckpoint } from "../ledger/ledger-reader.ts";

/** Why a submission of a batch is not among the committed ones. */
export type Miss =
  /** An earlier submission of the same batch changed what this one read. */
  | { readonly index: number; readonly status: "stale"; readonly by: number }
  /** Another node changed what this one read. */
  | { readonly index: number; readonly status: "overtaken"; readonly key: string }
  | { readonly index: number; readonly status: "conflict"; readonly table: string }
  | { readonly index: number; readonly status: "refused"; readonly reason: string };

/** The committed submissions have consecutive entries from `firstSeq` on, all with the same time. */
export interface BatchResult {
  readonly firstSeq: number;
  readonly timeMs: number;
  readonly misses: readonly Miss[];
  readonly head: SignedHead;
  readonly checkpoint: StoredCheckpoint | undefined;
  /** How far the clock was behind the newest entry; 0 when time goes its way. */
  readonly clockBackMs: number;
  readonly commitMs: number;
  readonly fsyncMs: number;
}

/** What other nodes committed since a writer last looked. */
export interface Moved {
  /** In order; each with the last entry of a batch and the footprint keys that the batch wrote. */
  readonly batches: readonly { readonly seq: number; readonly writes: readonly string[] }[];
  /** Some of what was written is not known any more: nothing that is cached, and no plan from before, holds. */
  readonly isIncomplete: boolean;
  readonly head: SignedHead;
  /** When there is a newer one. */
  readonly checkpoint: StoredCheckpoint | undefined;
}
