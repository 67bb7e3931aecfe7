import type { NotifyErrorCode } from "../errors.ts";
import { boundDead, bury, remove } from "./bury.ts";
import type { OutboxLimits } from "./limits.ts";
import type { Store } from "./store.ts";

/** What became of a claimed delivery. */
export type Outcome =
  | { readonly kind: "sent" }
  | { readonly kind: "again"; readonly at: number; readonly code: NotifyErrorCode }
  | { readonly kind: "dead"; readonly reason: "attempts_exhausted" | "refused"; readonly code: NotifyErrorCode }
  /** It was not tried, or called off: it waits as before. */
  | { readonly kind: "untried" };

export interface Settled {
  readonly id: number;
  readonly outcome: Outcome;
}

/**
 * Records what became of claimed deliveries of one sink. Those that are no longer being sent are left alone: where a
 * damaged file was begun anew, the number may be another delivery's by now.
 */
export function settle(
  store: Store,
  sink: string,
  settled: readonly Settled[],
  limits: OutboxLimits,
  now: number,
): void {
  for (const { id, outcome } of settled) {
    const isClaimed = store.get("SELECT 1 FROM deliveries WHERE id = ? AND sink = ? AND state = 'sending'", id, sink);
    if (isClaimed) record(store, id, outcome, now);
  }
  if (settled.some(({ outcome }) => outcome.kind === "dead")) boundDead(store, sink, limits);
}

function record(store: Store, id: number, outcome: Outcome, now: number): void {
  switch (outcome.kind) {
    case "sent":
      remove(store, id);
      return;
    case "untried":
      store.run("UPDATE deliveries SET state = 'queued' WHERE id = ?", id);
      return;
    case "again":
      store.run(
        "UPDATE deliveries SET state = 'queued', attempts = attempts + 1, next_at = ?, last_error = ? WHERE id = ?",
        outcome.at,
        outcome.code,
        id,
      );
      return;
    case "dead":
      store.run("UPDATE deliveries SET attempts = attempts + 1 WHERE id = ?", id);
      bury(store, id, outcome.reason, outcome.code, now);
  }
}
