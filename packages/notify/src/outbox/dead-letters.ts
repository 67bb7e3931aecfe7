import type { Notification } from "../notification.ts";
import { remove } from "./bury.ts";
import { type DeadReason, deliveryColumns, deliveryOf } from "./delivery.ts";
import type { Row, Store } from "./store.ts";

/** A delivery that was given up. */
export interface DeadLetter {
  readonly id: number;
  readonly sink: string;
  /** Undefined when its text is not what was written. */
  readonly notification: Notification | undefined;
  readonly reason: DeadReason;
  /** Code of the last failure; undefined when it was never tried. */
  readonly lastError: string | undefined;
  readonly attempts: number;
  readonly queuedAt: number;
  readonly deadAt: number;
  readonly isNotice: boolean;
}

/** Which dead letters: one by its id, all of a sink, or all. */
export type Which = { readonly id: number } | { readonly sink: string } | "all";

export interface DeadLetterPage {
  readonly letters: readonly DeadLetter[];
  /** Give it as `after` for the next page; undefined on the last. */
  readonly next: number | undefined;
}

const MOST_PER_PAGE = 500;

/** Dead letters in the order of their ids, at most 500 at a time. */
export function listDeadLetters(
  store: Store,
  { sink, after = 0, limit = 100 }: { readonly sink?: string; readonly after?: number; readonly limit?: number },
): DeadLetterPage {
  const most = Math.min(Math.max(1, limit), MOST_PER_PAGE);
  const rows = store.all(
    `SELECT ${deliveryColumns} FROM deliveries d JOIN notifications n ON n.id = d.notification
     WHERE d.state = 'dead' AND d.id > ?1 AND (?2 IS NULL OR d.sink = ?2) ORDER BY d.id LIMIT ?3`,
    after,
    sink ?? null,
    most + 1,
  );
  const letters = rows.slice(0, most).map(letterOf);
  return { letters, next: rows.length > most ? letters.at(-1)?.id : undefined };
}

function letterOf(row: Row): DeadLetter {
  const { last_error: lastError } = row;
  return {
    id: Number(row["id"]),
    sink: String(row["sink"]),
    notification: deliveryOf(row)?.notification,
    reason: String(row["reason"]) as DeadReason,
    lastError: typeof lastError === "string" ? lastError : undefined,
    attempts: Number(row["attempts"]),
    queuedAt: Number(row["queued_at"]),
    deadAt: Number(row["dead_at"]),
    isNotice: row["is_notice"] === 1,
  };
}

const isWanted = "state = 'dead' AND (?1 IS NULL OR id = ?1) AND (?2 IS NULL OR sink = ?2)";

/** Queues dead letters again for sinks that there are, with all their attempts before them; returns how many. */
export function retryDeadLetters(store: Store, which: Which, sinks: readonly string[], now: number): number {
  return store.run(
    `UPDATE deliveries SET state = 'queued', attempts = 0, next_at = ?3, reason = NULL, dead_at = NULL
     WHERE ${isWanted} AND reason <> 'unreadable' AND sink IN (SELECT value FROM json_each(?4))`,
    ...wanted(which),
    now,
    JSON.stringify(sinks),
  );
}

/** Deletes dead letters; returns how many. */
export function dropDeadLetters(store: Store, which: Which): number {
  const rows = store.all(`SELECT id FROM deliveries WHERE ${isWanted}`, ...wanted(which));
  for (const { id } of rows) remove(store, Number(id));
  return rows.length;
}

/** Deletes dead letters that are older than they may become, counted. */
export function expireDeadLetters(store: Store, before: number): number {
  const rows = store.all("SELECT id FROM deliveries WHERE state = 'dead' AND dead_at < ?", before);
  for (const { id } of rows) remove(store, Number(id), "expired");
  return rows.length;
}

function wanted(which: Which): readonly [number | null, string | null] {
  if (which === "all") return [null, null];
  return "id" in which ? [which.id, null] : [null, which.sink];
}
