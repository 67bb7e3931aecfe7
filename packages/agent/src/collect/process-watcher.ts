import type { RowChange } from "../events/index.ts";
import type { ProcessEvent } from "./process-event.ts";
import type { TrackerReadings } from "./processes/tracker.ts";

/** Follows the processes of a host: natively on Linux, by what its system offers elsewhere. */
export interface ProcessWatcher {
  /** Takes an event of a source. */
  onEvent(event: ProcessEvent): void;
  /** Looks at every process once; returns how many there are. */
  tick(): number | Promise<number>;
  /** Waits until rows of what was found so far are handed on, but no longer than this. */
  settle(maxMs: number): Promise<void>;
  /** All rows of `processes`, after some were lost on their way. */
  snapshot(): RowChange;
  readings(): TrackerReadings;
  close(): void;
}
