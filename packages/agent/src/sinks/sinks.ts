import type { DeadLetter, Sink, SinkCheck, SinkTest } from "@holdfast/contract/types";

/** Dead letters by their ids, or all of a sink. */
export type Chosen = { readonly ids: readonly string[] } | { readonly sink: string };

/** Some dead letters, and where the next ones begin. */
export interface LetterPage {
  readonly items: readonly DeadLetter[];
  readonly next?: string;
}

/** Where notifications go, and those that were given up. */
export interface Sinks {
  list(): readonly Sink[];
  /** Sends a test; undefined when there is no such sink. */
  test(sink: string, signal: AbortSignal): Promise<SinkTest> | undefined;
  /** Goes as far as can be gone without sending anything; undefined when there is no such sink. */
  check(sink: string, signal: AbortSignal): Promise<SinkCheck> | undefined;
  letters(query: { readonly sink?: string; readonly after?: string; readonly limit: number }): LetterPage;
  /** How many of the chosen there are. */
  count(chosen: Chosen): number;
  retry(chosen: Chosen): void;
  drop(chosen: Chosen): void;
}
