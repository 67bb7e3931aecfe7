import type { StoredCheckpoint } from "../ledger/ledger-reader.ts";
import type { CommitterEvent } from "./event.ts";
import type { BatchResult, Moved } from "./batch-result.ts";
import type { PackedBatch } from "./pack-batch.ts";
import type { Recovery } from "./recovery.ts";
import type { StorageFaultCode } from "./storage-fault.ts";

/** What the main thread asks of the writer; the answers come in the same order. */
export type Request =
  | { readonly kind: "commit"; readonly batch: PackedBatch }
  | { readonly kind: "checkpoint" }
  | { readonly kind: "truncate-wal" }
  | { readonly kind: "close" };

export type Reply =
  | { readonly kind: "opened"; readonly recovery: Recovery }
  | { readonly kind: "not-opened"; readonly code: StorageFaultCode; readonly message: string }
  | { readonly kind: "committed"; readonly result: BatchResult }
  | {
      readonly kind: "failed";
      readonly request: Request["kind"];
      readonly message: string;
      /** The writer ends after this answer; another one has to open the database. */
      readonly isLast: boolean;
    }
  | { readonly kind: "checkpoint"; readonly checkpoint: StoredCheckpoint | undefined }
  | { readonly kind: "wal-truncated"; readonly isComplete: boolean }
  | { readonly kind: "closed"; readonly checkpoint: StoredCheckpoint | undefined }
  | { readonly kind: "event"; readonly event: CommitterEvent }
  /** Unasked, and before the answer to a batch that stands behind what it tells of. */
  | { readonly kind: "moved"; readonly moved: Moved };
