import type { RowChange } from "../events/index.ts";

/** Something that looks at one part of a host, each time it is asked. */
export interface Collector {
  /** Also the name under which its failures and losses are told. */
  readonly name: string;
  readonly intervalSeconds: number;
  /** How long one look may take before it counts as failed. */
  readonly deadlineSeconds?: number;
  /**
   * What there is now: a snapshot of each of its tables of state, which the runner compares with the last one, and rows of
   * events. `signal`: nobody waits for the answer any more.
   */
  collect(signal: AbortSignal): Promise<readonly RowChange[]>;
  /** True when there is a reason to look before its time. */
  isDue?(): boolean;
  /** Rows of its tables were lost on their way: whoever remembers what it has told of forgets it. */
  reset?(): void;
  /** Gives back what it holds. */
  close?(): void;
}
