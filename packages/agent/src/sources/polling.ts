import type { EventSource, SourceReadings, SourceState } from "./event-source.ts";

/**
 * Stands for the look at /proc that the tracker takes at each tick anyway: no events of its own, so that nothing is
 * seen of what begins and ends between two looks. Works everywhere, and is what is left when nothing else does.
 */
export class PollingSource implements EventSource {
  readonly name = "polling";

  obstacle(): string | undefined {
    return undefined;
  }

  // oxlint-disable-next-line require-await
  async start(): Promise<SourceState> {
    return { state: "active", detail: "processes are found by looking: those that end between two looks are not seen" };
  }

  async stop(): Promise<void> {}

  readings(): SourceReadings {
    return { events: 0, lost: 0 };
  }
}
