/** What happens to changes for which the queue has no room (P4). */
export type BackPressure =
  /** The oldest that waits makes room. */
  | { readonly kind: "drop-oldest" }
  /** Whoever brings changes waits, and is refused after this time. */
  | { readonly kind: "block"; readonly timeoutMs: number }
  /** They go to a file, and come back in their order. */
  | { readonly kind: "spill"; readonly path: string; readonly maxBytes: number }
  /** Collectors are asked to slow down while the queue fills; the oldest makes room where that does not help. */
  | { readonly kind: "adaptive" };

const FILLING = 0.5;
const EMPTYING = 0.1;
const MAX_SLOWDOWN = 8;

/** By what collectors should stretch their intervals after a look at the queue: doubled or halved, 1 to 8. */
export function slowdownAfter(slowdown: number, fillShare: number): number {
  if (fillShare > FILLING) return Math.min(slowdown * 2, MAX_SLOWDOWN);
  return fillShare < EMPTYING ? Math.max(slowdown / 2, 1) : slowdown;
}
