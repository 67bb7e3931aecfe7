/** Longer than any plan should take. Who has waited so long goes on without the turn. */
const MAX_WAIT_MS = 1_000;

/** Someone in the line at a row; `reached` is undefined for whoever found nobody there. */
class Place {
  readonly row: string;
  readonly reached: Promise<void> | undefined;
  /** Lets the one who waits here go on; nothing happens when they did already. */
  readonly reach: () => void;

  constructor(row: string, isFirst: boolean) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.row = row;
    this.reached = isFirst ? undefined : promise;
    this.reach = resolve;
  }
}

/**
 * Lines at rows that are planned on. Plans made side by side all expect the same version of a row, and one of them can
 * win: so each waits until the one before it has been queued, and plans on what that one leaves. Turns only save plans
 * that would have to be made again; the row version is the guard.
 */
export class Turns {
  /** A storage that answers at once leaves no moment in which anyone else could plan, and needs no turns. */
  areNeeded = false;
  readonly #lines = new Map<string, Set<Place>>();

  /** Rows at which someone stands. */
  get size(): number {
    return this.#lines.size;
  }

  join(row: string): Place {
    const line = this.#lines.get(row);
    const place = new Place(row, line === undefined);
    if (line === undefined) this.#lines.set(row, new Set([place]));
    else line.add(place);
    return place;
  }

  /** Whoever leaves goes on, wherever they stood; whoever is first then has the turn. */
  leave(place: Place): void {
    place.reach();
    const line = this.#lines.get(place.row);
    if (line?.delete(place) !== true) return;
    const [first] = line;
    if (first === undefined) this.#lines.delete(place.row);
    else first.reach();
  }
}

/** The turns of one attempt, given back together. */
export class TakenTurns {
  readonly #turns: Turns;
  readonly #caller: { readonly signal: AbortSignal };
  readonly #places = new Map<string, Place>();
  #isOver = false;

  constructor(turns: Turns, caller: { readonly signal: AbortSignal }) {
    this.#turns = turns;
    this.#caller = caller;
  }

  /**
   * Resolves when it is this attempt's turn, or when it has to do without: after a second, so that attempts which take
   * several turns in different orders do not stop each other, or when the caller has gone. Undefined: there is nobody to
   * wait for, which includes the attempt itself.
   */
  take(row: string): Promise<void> | undefined {
    if (this.#isOver) return undefined;
    const known = this.#places.get(row);
    if (known !== undefined) return known.reached;
    const place = this.#turns.join(row);
    this.#places.set(row, place);
    if (place.reached !== undefined) this.#bound(place, place.reached);
    return place.reached;
  }

  /** Also ends what still waits: nobody would give its turn back. */
  giveBack(): void {
    this.#isOver = true;
    for (const place of this.#places.values()) this.#turns.leave(place);
  }

  #bound(place: Place, reached: Promise<void>): void {
    const { signal } = this.#caller;
    const leave = () => this.#turns.leave(place);
    const timer = setTimeout(leave, MAX_WAIT_MS);
    signal.addEventListener("abort", leave);
    if (signal.aborted) leave();
    void reached.then(() => {
      clearTimeout(timer);
      signal.removeEventListener("abort", leave);
    });
  }
}
