/** Which footprint keys changed lately. Bounded: what was forgotten raises the floor below which every plan is stale. */
export class FootprintWindow {
  /** Key → last entry that wrote it, in the order of those entries. */
  readonly #written = new Map<string, number>();
  readonly #maxKeys: number;
  #floor: number;

  constructor(floor: number, maxKeys = 262_144) {
    this.#floor = floor;
    this.#maxKeys = maxKeys;
  }

  /** Plans that began at a smaller ledger size cannot be judged any more. */
  get floor(): number {
    return this.#floor;
  }

  /** The first of `reads` that changed at or after ledger size `seen`; undefined when the plan still holds. */
  changedSince(reads: readonly string[], seen: number): string | undefined {
    if (reads.length === 0) return undefined;
    if (seen < this.#floor) return reads[0];
    return reads.find((key) => (this.#written.get(key) ?? -1) >= seen);
  }

  record(writes: readonly string[], seq: number): void {
    for (const key of writes) {
      this.#written.delete(key);
      this.#written.set(key, seq);
    }
    this.#forget();
  }

  #forget(): void {
    let excess = this.#written.size - this.#maxKeys;
    for (const [key, seq] of this.#written) {
      if (excess-- <= 0) return;
      this.#written.delete(key);
      this.#floor = Math.max(this.#floor, seq + 1);
    }
  }

  /** After a failure whose outcome is unknown: nothing planned before `size` may go on. */
  forgetBefore(size: number): void {
    this.#written.clear();
    this.#floor = Math.max(this.#floor, size);
  }
}
