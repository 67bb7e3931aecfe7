import type { Named, StepResult } from "./result.ts";

/** What a run of vitest came to; the reporter writes it, the check reads it. */
export interface Tally {
  /** Projects of which a file ran; those that share an order run at the same time. */
  readonly projects: readonly StepResult[];
  /** Errors that nobody caught, of whichever project. */
  readonly uncaught: readonly Named[];
}

/** Names the file that the reporter writes the tally to. */
export const tallyFileVariable = "HOLDFAST_CHECK_TALLY";
