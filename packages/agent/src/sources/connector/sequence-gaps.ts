/** More processors than any kernel is built for: what claims to be beyond is not counted on. */
const MAX_PROCESSORS = 8192;
const HALF = 0x8000_0000;

/** Counts what is missing in the ever growing 32 bit numbers that each processor gives its events (ATTACKS 38). */
export class SequenceGaps {
  readonly #last = new Map<number, number>();
  #missing = 0;

  /** Events missing so far. */
  get missing(): number {
    return this.#missing;
  }

  /** Takes note of a number that arrived. */
  note(processor: number, sequence: number): void {
    const last = this.#last.get(processor);
    if (last === undefined && this.#last.size >= MAX_PROCESSORS) return;
    const gap = last === undefined ? 0 : (sequence - last - 1) >>> 0;
    // A number from before is a late arrival, not a loss of four thousand millions.
    if (gap >= HALF) return;
    this.#last.set(processor, sequence);
    this.#missing += gap;
  }
}
