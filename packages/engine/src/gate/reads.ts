import { setImmediate } from "node:timers/promises";
import { rowKey } from "../committer/layout.ts";
import type { Reads, StoredRow } from "../operation.ts";
import type { Committer, Storage } from "../storage.ts";
import type { Submission } from "../submission.ts";
import type { Row, Table } from "../table.ts";
import type { FootprintCache } from "./footprint-cache.ts";
import { TakenTurns, type Turns } from "./turns.ts";

/** The reads of one planning attempt; `keys` is its footprint. */
export class PlanReads implements Reads {
  readonly keys: string[] = [];
  readonly #cache: FootprintCache;
  readonly #storage: Storage;
  readonly #committer: Committer;
  readonly #turns: Turns | undefined;
  readonly #caller: { readonly signal: AbortSignal } | undefined;
  readonly #after = new Set<Submission>();
  #taken: TakenTurns | undefined;

  /** Turns and caller come together: who plans on a row waits for those before, and `giveBack` ends that for others. */
  constructor(
    cache: FootprintCache,
    storage: Storage,
    committer: Committer,
    turns?: Turns,
    caller?: { readonly signal: AbortSignal },
  ) {
    this.#cache = cache;
    this.#storage = storage;
    this.#committer = committer;
    this.#turns = turns;
    this.#caller = caller;
  }

  /** Queued submissions whose rows were planned on. */
  get after(): readonly Submission[] {
    return [...this.#after];
  }

  touch(footprint: string): void {
    if (!this.keys.includes(footprint)) this.keys.push(footprint);
  }

  cached<T>(footprint: string, load: () => T | Promise<T>): T | Promise<T> {
    this.touch(footprint);
    return this.#cache.through(footprint, load);
  }

  row(table: Table, key: Row): StoredRow | undefined | Promise<StoredRow | undefined> {
    return this.#storage.row(table, key);
  }

  pending(table: Table, key: Row): StoredRow | undefined | Promise<StoredRow | undefined> {
    if (this.#turns?.areNeeded === true) return this.#inTurn(table, key);
    const queued = this.#queued(table, key);
    if (queued !== undefined) return queued ?? undefined;
    const stored = this.#storage.row(table, key);
    return stored instanceof Promise ? this.#firstLate(table, key, stored) : stored;
  }

  async settled(table: Table, key: Row): Promise<StoredRow | undefined> {
    await this.#committer.settled(table, key);
    // Each in a turn of its own: those who waited together would all plan on the same row.
    await setImmediate();
    return this.#storage.row(table, key);
  }

  rows(
    table: Table,
    sql: string,
    parameters: readonly (string | number | Uint8Array | null)[],
  ): readonly StoredRow[] | Promise<readonly StoredRow[]> {
    return this.#storage.rows(table, sql, parameters);
  }

  /** What was planned is queued, or will never be: whoever waits may go on. */
  giveBack(): void {
    this.#taken?.giveBack();
  }

  /** `null`: it will be deleted; `undefined`: nothing queued touches it. */
  #queued(table: Table, key: Row): StoredRow | null | undefined {
    const queued = this.#committer.pending(table, key);
    if (queued === undefined) return undefined;
    this.#after.add(queued.owner);
    return queued.stands && { ...queued.stands, seq: this.#committer.position };
  }

  /** A storage that answers later: from now on there are turns, and this one is nobody else's yet. */
  #firstLate(table: Table, key: Row, reading: Promise<StoredRow | undefined>): Promise<StoredRow | undefined> {
    if (this.#turns !== undefined) this.#turns.areNeeded = true;
    void this.#turn(table, key);
    return this.#unlessQueued(table, key, reading);
  }

  async #inTurn(table: Table, key: Row): Promise<StoredRow | undefined> {
    const turn = this.#turn(table, key);
    if (turn !== undefined) await turn;
    const queued = this.#queued(table, key);
    if (queued !== undefined) return queued ?? undefined;
    return this.#unlessQueued(table, key, this.#storage.row(table, key));
  }

  /** What was queued while the row was on its way is newer than the row. */
  async #unlessQueued(
    table: Table,
    key: Row,
    reading: StoredRow | undefined | Promise<StoredRow | undefined>,
  ): Promise<StoredRow | undefined> {
    const stored = await reading;
    const queued = this.#queued(table, key);
    return queued === undefined ? stored : (queued ?? undefined);
  }

  #turn(table: Table, key: Row): Promise<void> | undefined {
    if (this.#turns === undefined) return undefined;
    this.#taken ??= new TakenTurns(this.#turns, this.#caller!);
    return this.#taken.take(rowKey(table, key));
  }
}
