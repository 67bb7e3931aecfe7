import type { Clock } from "../clock.ts";

/** What a clock may drift or be slewed by without anybody having set it. */
const JUMP_MS = 2_000;

/** Notices when the wall clock was put forward or back, by a clock that never is. */
export class ClockWatch {
  readonly #clock: Clock;
  #offset: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offset = clock.wallMs() - clock.steadyMs();
  }

  /** By how much it was put forward since it was last looked at; 0 when it was not. */
  jumpMs(): number {
    const offset = this.#clock.wallMs() - this.#clock.steadyMs();
    const jump = Math.round(offset - this.#offset);
    if (Math.abs(jump) < JUMP_MS) return 0;
    this.#offset = offset;
    return jump;
  }
}
