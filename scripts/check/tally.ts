import type { Named } from "./result.ts";

/** What a run of vitest came to; the reporter writes it, the check reads it. */
export interface Tally {
  readonly passed: number;
  readonly failed: readonly Named[];
  readonly skipped: readonly Named[];
}

/** Names the file that the reporter writes the tally to. */
export const tallyFileVariable = "HOLDFAST_CHECK_TALLY";
