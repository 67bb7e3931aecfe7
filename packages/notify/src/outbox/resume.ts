import { horizonMs } from "./limits.ts";
import type { Store } from "./store.ts";

/** Puts back what a process that ended was sending: it may have arrived, and is sent again with the same id. */
export function resume(store: Store, now: number): number {
  const requeued = store.run("UPDATE deliveries SET state = 'queued' WHERE state = 'sending'");
  // The clock may have been wrong then, or be wrong now: nothing waits longer than it ever could.
  store.run("UPDATE deliveries SET next_at = ?1 WHERE state = 'queued' AND next_at > ?1", now + horizonMs);
  store.run("UPDATE deliveries SET dead_at = ?1 WHERE state = 'dead' AND dead_at > ?1", now);
  return requeued;
}

/** Moves what waits along with a clock that was put forward or back, so that it waits as long as it would have. */
export function shift(store: Store, byMs: number): void {
  store.run("UPDATE deliveries SET next_at = next_at + ? WHERE state = 'queued'", byMs);
  store.run("UPDATE groups SET window_ends_at = window_ends_at + ?", byMs);
}
