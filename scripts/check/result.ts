/** A test or a part of a gate that did not run or did not hold, as the summary names it. */
export interface Named {
  readonly title: string;
  /** Why it was skipped, or the first line of how it failed. */
  readonly reason: string;
}

/** What became of one step: a gate counts as one, a run of tests as many. */
export interface StepResult {
  readonly name: string;
  readonly seconds: number;
  readonly passed: number;
  readonly failed: readonly Named[];
  readonly skipped: readonly Named[];
}
