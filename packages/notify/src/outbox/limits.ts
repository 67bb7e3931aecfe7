/** Everything in the outbox is bounded: by sink, so that one that fails does not crowd out another. */
export interface OutboxLimits {
  readonly mostQueuedPerSink: number;
  readonly mostDeadPerSink: number;
  readonly deadMaxAgeMs: number;
  /** How many (notification, sink) pairs are remembered against replays. */
  readonly mostSeen: number;
  readonly mostGroups: number;
}

const DAY_MS = 86_400_000;

/** The source document's channels hold 10,000. */
export const defaultLimits: OutboxLimits = {
  mostQueuedPerSink: 10_000,
  mostDeadPerSink: 10_000,
  deadMaxAgeMs: 30 * DAY_MS,
  mostSeen: 100_000,
  mostGroups: 20_000,
};

/** No stored moment lies further ahead than this: what does was written by a clock that was wrong. */
export const horizonMs = 60 * 60_000;
