import type { CommitterEvent } from "./event.ts";
import type { Publish } from "./publisher.ts";
import type { QueueLimits } from "./submission-queue.ts";

/** What became durable, told before anyone can see the new position. */
export interface Committed {
  /** Footprint keys that were written, or may have been when a writer was lost. */
  readonly writes: readonly string[];
  readonly position: number;
  /** Others may have written more than that: everything that is cached has to go. */
  readonly isIncomplete: boolean;
}

/** What any committer is told, whatever database it writes to. */
export interface GroupOptions {
  readonly onCommitted?: (committed: Committed) => void;
  readonly onEvent?: (event: CommitterEvent) => void;
  readonly publish?: readonly Publish[];
  readonly limits?: Partial<QueueLimits>;
  /** Whether it is for this node to issue checkpoints at the moment; each node of several asks its lease. */
  readonly isOnDuty?: () => boolean;
}

/** What benchmarks and tests replace; configuration never reaches it. */
export interface GroupDependencies {
  readonly nowMs?: () => number;
  readonly restartDelayMs?: number;
  readonly checkpointDelayMs?: number;
}
