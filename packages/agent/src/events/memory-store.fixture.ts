import { EventStoreError } from "./errors.ts";
import type { RowChange } from "./row.ts";

/** The event store as the writer sees it, which fails when a test says so. */
export class MemoryStore {
  readonly changes: RowChange[] = [];
  /** Rows of each batch, those about losses left out. */
  readonly batches: number[] = [];
  prunes = 0;
  isFailing = false;
  #remembered: Record<string, string> = {};

  write(changes: readonly RowChange[], remembered: Readonly<Record<string, string>> = {}) {
    if (this.isFailing) throw new EventStoreError("store_full", "No room.");
    this.changes.push(...changes);
    this.batches.push(changes.filter(({ table }) => table !== "agent_losses").length);
    this.#remembered = { ...this.#remembered, ...remembered };
    return { rows: changes.length, refused: 0 };
  }

  prune() {
    this.prunes++;
    return { byAge: 0, bySize: 0, isMoreDue: false };
  }

  recall(name: string): string | undefined {
    return this.#remembered[name];
  }

  /** Process ids of the events that were written, in order. */
  get pids(): number[] {
    return pidsIn(this.changes);
  }

  /** What was told to be lost. */
  get losses(): object[] {
    return this.changes.flatMap((change) => {
      if (change.table !== "agent_losses" || !("row" in change)) return [];
      const { time: _, ...loss } = change.row;
      return [loss];
    });
  }
}

export function pidsIn(changes: readonly RowChange[]): number[] {
  return changes.flatMap((change) =>
    change.table === "process_events" && "row" in change ? [Number(change.row["pid"])] : [],
  );
}
