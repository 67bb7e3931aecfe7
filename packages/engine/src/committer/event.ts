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
  /** Another node was first: the batch was judged and made again so many times before it stood. */
  | { readonly kind: "contended"; readonly retries: number }
  /** Whether other nodes' commits are told of, or have to be looked for. */
  | { readonly kind: "feed"; readonly isListening: boolean; readonly reason: string }
  | { readonly kind: "batch-failed"; readonly operations: number; readonly message: string }
  | { readonly kind: "checkpoint-failed"; readonly message: string }
  | { readonly kind: "writer-lost"; readonly message: string; readonly operations: number }
  | { readonly kind: "not-reopened"; readonly code: string; readonly message: string }
  | { readonly kind: "recovered"; readonly recovery: Recovery }
  | { readonly kind: "clock-back"; readonly byMs: number }
  | { readonly kind: "checkpoint"; readonly size: number }
  | { readonly kind: "not-published"; readonly size: number; readonly message: string };
