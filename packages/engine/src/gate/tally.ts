/** Calls refused by a rate limit since the last entry about them. */
export interface RefusedCalls {
  /** What is counted together: an actor, or the address prefix of callers whom nobody has identified yet. */
  readonly key: string;
  readonly tenant: string;
  readonly actor: string;
  /** Address prefix, or `many`. */
  readonly source: string;
  readonly count: number;
}

const OVERFLOW = "overflow";
const MANY = "many";

/**
 * Rate-limited calls leave one entry per actor or address prefix and minute, however many they are: a flood must be
 * visible and must not fill the disk.
 */
export class Tally {
  readonly #rows = new Map<string, RefusedCalls>();
  readonly #nobody: { readonly tenant: string; readonly actor: string };
  readonly #maxRows: number;

  constructor(nobody: { readonly tenant: string; readonly actor: string }, maxRows = 1_000) {
    this.#nobody = nobody;
    this.#maxRows = maxRows;
  }

  add(calls: RefusedCalls): void {
    const row = this.#rows.get(calls.key);
    if (row === undefined && this.#rows.size >= this.#maxRows) this.#merge(this.#overflowing(calls.count));
    else this.#merge(calls);
  }

  take(): RefusedCalls[] {
    const rows = [...this.#rows.values()];
    this.#rows.clear();
    return rows;
  }

  #merge(calls: RefusedCalls): void {
    const row = this.#rows.get(calls.key) ?? { ...calls, count: 0 };
    const source = row.source === calls.source ? row.source : MANY;
    this.#rows.set(calls.key, { ...row, source, count: row.count + calls.count });
  }

  /** The map is bounded: what no longer fits is counted together, so that the number stays true. */
  #overflowing(count: number): RefusedCalls {
    return { key: OVERFLOW, ...this.#nobody, source: MANY, count };
  }
}
