/**
 * Rate-limited calls leave one entry per actor or address prefix and minute, however many they are: a flood must be
 * visible and must not fill the disk (DESIGN §3).
 */
export interface RefusedCalls {
  readonly tenant: string;
  readonly actor: string;
  readonly source: string;
  readonly count: number;
}

interface Row {
  readonly tenant: string;
  readonly actor: string;
  readonly source: string;
  count: number;
}

export class Tally {
  readonly #rows = new Map<string, Row>();
  readonly #nobody: { readonly tenant: string; readonly actor: string };
  readonly #maxRows: number;

  constructor(nobody: { readonly tenant: string; readonly actor: string }, maxRows = 1_000) {
    this.#nobody = nobody;
    this.#maxRows = maxRows;
  }

  add(tenant: string, actor: string, source: string): void {
    const key = `${actor} ${source}`;
    const row = this.#rows.get(key);
    if (row !== undefined) row.count++;
    else if (this.#rows.size < this.#maxRows) this.#rows.set(key, { tenant, actor, source, count: 1 });
    else this.#overflow();
  }

  /** The map is bounded: what no longer fits is counted together, so that the number stays true. */
  #overflow(): void {
    const row = this.#rows.get("overflow");
    if (row === undefined) this.#rows.set("overflow", { ...this.#nobody, source: "many", count: 1 });
    else row.count++;
  }

  take(): RefusedCalls[] {
    const rows = [...this.#rows.values()];
    this.#rows.clear();
    return rows;
  }
}
