import type { CommitterEvent } from "./event.ts";
import type { StoredCheckpoint } from "../ledger/ledger-reader.ts";

/** Takes a checkpoint to another place; called again with a newer one when it fails. */
export type Publish = (note: string, size: number) => void | Promise<void>;

/** Hands each persisted checkpoint to the places that hold it, in order, and only the newest of those that wait. */
export class Publisher {
  readonly #places: readonly Publish[];
  readonly #onEvent: (event: CommitterEvent) => void;
  #next: StoredCheckpoint | undefined;
  #running: Promise<void> | undefined;

  constructor(places: readonly Publish[], onEvent: (event: CommitterEvent) => void) {
    this.#places = places;
    this.#onEvent = onEvent;
  }

  publish(checkpoint: StoredCheckpoint): void {
    this.#next = checkpoint;
    this.#running ??= this.#run();
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#next !== undefined) {
      const checkpoint = this.#next;
      this.#next = undefined;
      for (const place of this.#places) await this.#tell(place, checkpoint);
      this.#onEvent({ kind: "checkpoint", size: checkpoint.size });
    }
    this.#running = undefined;
  }

  /** A place that fails must not keep a checkpoint from the others. */
  async #tell(place: Publish, { note, size }: StoredCheckpoint): Promise<void> {
    try {
      await place(note, size);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#onEvent({ kind: "not-published", size, message });
    }
  }
}
