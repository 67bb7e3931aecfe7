import type { Section } from "../report/figure.ts";

/** What a run lends to its suites. */
export interface Bench {
  /** Smaller sizes and fewer rounds: shows that everything works, and roughly where it stands. */
  readonly isQuick: boolean;
  /** On a disk; removed when the run ends. */
  readonly folder: string;
  say(text: string): void;
}

export type Suite = (bench: Bench) => Promise<Section>;
