/** Ways in which the agent's own code looks at all processes. */
export interface LookRequest {
  readonly kind: "first" | "full" | "steady" | "portable";
  readonly times: number;
}

/** What one look at all processes took of the processor, and how many it saw. */
export interface Look {
  readonly milliseconds: number;
  /** Of these, what passed before rows and files that run were asked about; where that is told apart. */
  readonly readingMilliseconds?: number;
  readonly processes: number;
}
