import type { ProcessEvent, ProcessSourceName } from "../collect/index.ts";

/** How a source is: `standby` could be used, `unavailable` cannot, `failed` was active and broke. */
export interface SourceState {
  readonly state: "active" | "standby" | "unavailable" | "failed";
  /** Why, in words for an operator. */
  readonly detail: string;
}

/** Totals since the source was made. */
export interface SourceReadings {
  readonly events: number;
  /** Events that are known to be lost; the kernel counts some that would have been of no interest. */
  readonly lost: number;
}

/** Takes an event of a source. */
export type Emit = (event: ProcessEvent) => void;
/** Takes how many events were lost, and why. */
export type Lose = (count: number, reason: string) => void;
/** Told once, when an active source is not to be trusted any more; whoever is told stops it. */
export type Fail = (detail: string) => void;

/** Something that tells of processes as they begin and end. */
export interface EventSource {
  readonly name: ProcessSourceName;
  /** Why it cannot run here, as far as can be told without starting it; undefined when nothing is in the way. */
  obstacle(): string | undefined;
  /** `active` once events are known to arrive; otherwise it has cleaned up behind itself and says why. */
  start(emit: Emit, lose: Lose, fail?: Fail): Promise<SourceState>;
  /** Gives back everything that it took from the system; may be called at any time, and again. */
  stop(): Promise<void>;
  readings(): SourceReadings;
}

/** Sentence of what went wrong in a call of the system. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
