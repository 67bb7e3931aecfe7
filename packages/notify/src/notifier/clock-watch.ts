import type { Clock } from "../clock.ts";

/** What a clock may drift or be slewed by without anybody having set it. */
const JUMP_MS = 2_000;

/** Notices when the wall clock was put forward or back, by a clock that never is. */
export class ClockWatch {
  readonly #clock: Clock;
  #offset: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offset = this.#offsetNow();
  }

  /** By how much it was put forward (below zero: back) since that was last taken into account; 0 when it was not. */
  get jumpMs(): number {
    const jump = Math.round(this.#offsetNow() - this.#offset);
    return Math.abs(jump) < JUMP_MS ? 0 : jump;
  }

  /** The jump was taken into account. */
  accept(): void {
    this.#offset = this.#offsetNow();
  }

  #offsetNow(): number {
    return this.#clock.wallMs() - this.#clock.steadyMs();
  }
}
