/**
 * Whether a history of one register can be explained by operations that each happened at one moment between their call
 * and their answer (Herlihy and Wing 1990), by the search of Wing and Gong (1993) with the memory of Lowe (2017): seen
 * states of (operations done, register) are not entered twice. It knows nothing of ledgers, positions or nodes.
 */

/** The register: how often it was written, and what stands in it. */
export interface Register {
  readonly version: number;
  readonly value: string | undefined;
}

interface Times {
  /** Any clock that one process shares; the answer of an operation whose outcome is unknown never came: Infinity. */
  readonly calledAt: number;
  readonly answeredAt: number;
}

export type Operation =
  | (Times & { readonly kind: "read"; readonly found: Register })
  /** `outcome` is unknown when the connection was lost or the server could not say: it may have happened, at any time. */
  | (Times & {
      readonly kind: "write";
      readonly expect: number;
      readonly value: string;
      readonly outcome: "done" | "conflict" | "unknown";
    });

export type Verdict =
  | { readonly isLinearizable: true; readonly order: readonly Operation[] }
  /** The longest explanation that was found, and what could not follow it. */
  | { readonly isLinearizable: false; readonly explained: number; readonly stuckAt: readonly Operation[] };

const EMPTY: Register = { version: 0, value: undefined };

export function checkLinearizability(history: readonly Operation[]): Verdict {
  const operations = [...history].sort((left, right) => left.calledAt - right.calledAt);
  const search = new Search(operations);
  return search.run();
}

interface Step {
  readonly index: number;
  readonly before: Register;
  readonly candidates: Iterator<number>;
}

class Search {
  readonly #operations: readonly Operation[];
  readonly #isDone: boolean[];
  readonly #seen = new Set<string>();
  #register = EMPTY;
  /** Everything before this one is done: what keeps the memory of seen states short. */
  #first = 0;
  #required: number;
  #best: { readonly explained: number; readonly stuckAt: readonly Operation[] } = { explained: -1, stuckAt: [] };

  constructor(operations: readonly Operation[]) {
    this.#operations = operations;
    this.#isDone = operations.map(() => false);
    this.#required = operations.filter(isAnswered).length;
  }

  run(): Verdict {
    const path: Step[] = [];
    let candidates: Iterator<number> = this.#candidates()[Symbol.iterator]();
    while (this.#required > 0) {
      const next = candidates.next();
      if (next.done === true) {
        const last = path.pop();
        if (last === undefined) return { isLinearizable: false, ...this.#best };
        this.#undo(last);
        candidates = last.candidates;
        continue;
      }
      const before = this.#register;
      if (!this.#apply(next.value)) continue;
      path.push({ index: next.value, before, candidates });
      candidates = this.#candidates()[Symbol.iterator]();
    }
    return { isLinearizable: true, order: path.map(({ index }) => this.#operations[index] as Operation) };
  }

  /** Whatever was called before the first answer that is still to come may be next; what is known to fit comes first. */
  #candidates(): readonly number[] {
    const open: number[] = [];
    let firstAnswer = Infinity;
    for (let index = this.#first; index < this.#operations.length; index++) {
      const { calledAt, answeredAt } = this.#operations[index] as Operation;
      if (calledAt > firstAnswer) break;
      if (this.#isDone[index] === true) continue;
      open.push(index);
      firstAnswer = Math.min(firstAnswer, answeredAt);
    }
    const minimal = open.filter((index) => (this.#operations[index] as Operation).calledAt <= firstAnswer);
    const fitting = minimal.filter(
      (index) => after(this.#operations[index] as Operation, this.#register) !== undefined,
    );
    const explained = this.#operations.length - this.#required;
    if (fitting.length === 0 && explained > this.#best.explained) {
      this.#best = { explained, stuckAt: minimal.map((index) => this.#operations[index] as Operation) };
    }
    return fitting.sort((left, right) => Number(this.#isUnknown(left)) - Number(this.#isUnknown(right)));
  }

  #isUnknown(index: number): boolean {
    return !isAnswered(this.#operations[index] as Operation);
  }

  #apply(index: number): boolean {
    const operation = this.#operations[index] as Operation;
    const register = after(operation, this.#register);
    if (register === undefined) return false;
    this.#isDone[index] = true;
    const key = this.#keyOf(register);
    if (this.#seen.has(key)) {
      this.#isDone[index] = false;
      return false;
    }
    this.#seen.add(key);
    this.#register = register;
    if (isAnswered(operation)) this.#required--;
    while (this.#isDone[this.#first] === true) this.#first++;
    return true;
  }

  #undo({ index, before }: Step): void {
    this.#isDone[index] = false;
    this.#register = before;
    this.#first = Math.min(this.#first, index);
    if (isAnswered(this.#operations[index] as Operation)) this.#required++;
  }

  /** Done operations as the first that is not, and those beyond it. */
  #keyOf({ version, value }: Register): string {
    let first = this.#first;
    while (this.#isDone[first] === true) first++;
    const beyond: number[] = [];
    for (let index = first + 1; index < this.#isDone.length; index++)
      if (this.#isDone[index] === true) beyond.push(index);
    return `${first} ${beyond.join()} ${version} ${value ?? ""}`;
  }
}

const isAnswered = (operation: Operation): boolean => operation.kind === "read" || operation.outcome !== "unknown";

/** The register after an operation that happens now; undefined when its answer says that it cannot have. */
function after(operation: Operation, register: Register): Register | undefined {
  if (operation.kind === "read") {
    const { version, value } = operation.found;
    return version === register.version && value === register.value ? register : undefined;
  }
  const fits = operation.expect === register.version;
  if (operation.outcome === "conflict") return fits ? undefined : register;
  return fits ? { version: register.version + 1, value: operation.value } : undefined;
}
