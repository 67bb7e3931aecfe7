/** What is known of notifications with one key at one sink. */
export interface Group {
  /** Until it ends, more of the same wait to be told together. */
  readonly window?: {
    readonly endsAt: number;
    /** Rank of the severest that it has met. */
    readonly rank: number;
  };
  /** Rank of the one that waits and was not tried yet; after the first attempt its content must stay (same id). */
  readonly waitingRank?: number;
}

export type Placement =
  | { readonly kind: "join" }
  | {
      readonly kind: "start";
      readonly releaseAt: number;
      readonly window: { readonly endsAt: number; readonly rank: number };
    };

/**
 * Where a notification goes. The first is told at once; more of the same within the window become one, told when the
 * window ends, with a count. One that is severer than those before it never waits for them.
 */
export function placeInGroup({ window, waitingRank }: Group, rank: number, nowMs: number, windowMs: number): Placement {
  if (windowMs > 0 && waitingRank !== undefined && rank <= waitingRank) return { kind: "join" };
  // A window that ends later than one can last was written by another clock.
  const endsAt = Math.min(window?.endsAt ?? nowMs, nowMs + windowMs);
  if (window === undefined || endsAt <= nowMs || rank > window.rank) {
    return { kind: "start", releaseAt: nowMs, window: { endsAt: nowMs + windowMs, rank } };
  }
  return { kind: "start", releaseAt: endsAt, window: { endsAt: endsAt + windowMs, rank: window.rank } };
}
