import { ruleTables } from "@holdfast/rules";
import { identityOf, type Row, type RowChange } from "../events/index.ts";

/** All rows are told again after this time: it shows when they were last seen, and heals whatever went wrong. */
const ALL_EVERY_MS = 300_000;

/** What is different between the rows of a table of state and those told before. */
export class StateDiff {
  readonly #table: string;
  readonly #identity: readonly string[];
  readonly #monotonicMs: () => number;
  /** Rows told of, by identity, as text: half the size of objects, and compared at once. */
  #told = new Map<string, string>();
  #allAt = Number.NEGATIVE_INFINITY;

  constructor(table: string, monotonicMs: () => number = () => performance.now()) {
    this.#table = table;
    this.#identity = ruleTables.find(({ name }) => name === table)?.identity ?? [];
    this.#monotonicMs = monotonicMs;
  }

  /** The next rows are told as if none had been. */
  reset(): void {
    this.#told = new Map();
    this.#allAt = Number.NEGATIVE_INFINITY;
  }

  /** Of rows with the same identity, the last one counts. */
  changes(all: readonly Row[]): readonly RowChange[] {
    const now = this.#monotonicMs();
    const before = this.#told;
    const byIdentity = new Map(all.map((row) => [identityOf(row, this.#identity), row]));
    const rows = [...byIdentity.values()];
    this.#told = new Map([...byIdentity].map(([key, row]) => [key, JSON.stringify(row)]));
    if (now >= this.#allAt) {
      this.#allAt = now + ALL_EVERY_MS;
      return [{ table: this.#table, snapshot: rows }];
    }
    return [...this.#gone(before), ...this.#put(before, rows)];
  }

  #put(before: ReadonlyMap<string, string>, rows: readonly Row[]): RowChange[] {
    const different = rows.filter((row) => {
      const key = identityOf(row, this.#identity);
      return before.get(key) !== this.#told.get(key);
    });
    return different.map((row) => ({ table: this.#table, row }));
  }

  #gone(before: ReadonlyMap<string, string>): RowChange[] {
    const gone = [...before].filter(([key]) => !this.#told.has(key));
    return gone.map(([, text]) => ({ table: this.#table, gone: JSON.parse(text) as Row }));
  }
}
