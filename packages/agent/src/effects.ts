import type { Logger } from "@holdfast/engine";

/** Plans that may wait for their commit at a time; one that is planned again leaves its first effect behind. */
const MAX_WAITING = 1000;

/**
 * Effects outside the ledger's database, each done once the entry of its operation stands and never before: a plan names
 * the key that it is given among its writes, and the committer tells what was written before anyone is answered.
 */
export class Effects {
  readonly #log: Logger;
  readonly #waiting = new Map<string, () => void>();
  #made = 0;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** The footprint key to plan with. What was planned and not committed is forgotten, the oldest first. */
  after(effect: () => void): string {
    const key = `effect:${(this.#made += 1)}`;
    this.#waiting.set(key, effect);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > MAX_WAITING && oldest !== undefined) this.#waiting.delete(oldest);
    return key;
  }

  /** Called with the written footprint keys of a commit. */
  onCommitted(writes: Iterable<string>): void {
    for (const key of writes) {
      const effect = this.#waiting.get(key);
      this.#waiting.delete(key);
      if (effect !== undefined) this.#run(effect);
    }
  }

  /** The ledger goes on whatever becomes of an effect: the entry says what was wanted, and it can be asked for again. */
  #run(effect: () => void): void {
    try {
      effect();
    } catch (error) {
      this.#log.error({ err: error }, "what an operation asked for could not be done; its entry stands");
    }
  }
}
