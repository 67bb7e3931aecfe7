const MAX_MARKS = 4_096;
const SECONDS_BETWEEN = 10;

/**
 * Remembers which number was the newest at which time, so that a window of seconds need not be looked for among all rows
 * there are. It only ever answers too low: events are written after they happened.
 */
export class SeqClock {
  #marks: { readonly seconds: number; readonly seq: number }[] = [];

  mark(seconds: number, seq: number): void {
    const last = this.#marks.at(-1);
    // A clock that was set back makes times of before mean nothing.
    if (last !== undefined && seconds < last.seconds) this.#marks = [];
    else if (last !== undefined && seconds - last.seconds < SECONDS_BETWEEN) return;
    this.#marks.push({ seconds, seq });
    if (this.#marks.length > MAX_MARKS) this.#marks = this.#marks.filter((_, index) => index % 2 === 0);
  }

  /** A number that every event at or after this time is above. */
  before(seconds: number): number {
    return this.#marks.findLast((mark) => mark.seconds < seconds)?.seq ?? 0;
  }
}
