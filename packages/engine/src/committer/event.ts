import type { Recovery } from "./recovery.ts";

/** What an operator should hear of, or a metric count. Nothing in it is secret. */
export type CommitterEvent =
  | {
      readonly kind: "batch";
      readonly operations: number;
      readonly committed: number;
      readonly commitMs: number;
      readonly fsyncMs: number;
    }
  | { readonly kind: "stale"; readonly operations: number }
  | { readonly kind: "batch-failed"; readonly operations: number; readonly message: string }
  | { readonly kind: "checkpoint-failed"; readonly message: string }
  | { readonly kind: "writer-lost"; readonly message: string; readonly operations: number }
  | { readonly kind: "not-reopened"; readonly code: string; readonly message: string }
  | { readonly kind: "recovered"; readonly recovery: Recovery }
  | { readonly kind: "clock-back"; readonly byMs: number }
  | { readonly kind: "checkpoint"; readonly size: number }
  | { readonly kind: "not-published"; readonly size: number; readonly message: string };
