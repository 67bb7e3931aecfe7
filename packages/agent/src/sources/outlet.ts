import type { ProcessEvent } from "../collect/index.ts";
import type { Emit, Fail, Lose, SourceReadings } from "./event-source.ts";

/** Where the events of a source go, and how many they were. Nothing goes out while nobody listens. */
export class Outlet {
  #listener: { emit: Emit; lose: Lose; fail: Fail } | undefined;
  #events = 0;
  #lost = 0;

  connect(emit: Emit, lose: Lose, fail: Fail = () => {}): void {
    this.#listener = { emit, lose, fail };
  }

  disconnect(): void {
    this.#listener = undefined;
  }

  emit(event: ProcessEvent): void {
    if (this.#listener === undefined) return;
    this.#events += 1;
    this.#listener.emit(event);
  }

  lose(count: number, reason: string): void {
    if (this.#listener === undefined || count <= 0) return;
    this.#lost += count;
    this.#listener.lose(count, reason);
  }

  /** Tells once that the source is not to be trusted any more. */
  fail(detail: string): void {
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.fail(detail);
  }

  readings(): SourceReadings {
    return { events: this.#events, lost: this.#lost };
  }
}
