/** Processes whose end is remembered: they end at the same moment, so a few would do. */
const MAX_REMEMBERED = 1024;

/**
 * Of the threads of a process that end at the same time, each may find itself to be the last: the end of one process is
 * told once. A process of the same number that started at another time is another one.
 */
export class RepeatedExits {
  readonly #startOf = new Map<number, bigint>();

  /** Whether this end has been told already; remembers it. */
  isRepeated(pid: number, startNs: bigint): boolean {
    if (this.#startOf.get(pid) === startNs) return true;
    this.#startOf.delete(pid);
    this.#startOf.set(pid, startNs);
    if (this.#startOf.size > MAX_REMEMBERED) this.#startOf.delete(this.#startOf.keys().next().value ?? pid);
    return false;
  }
}
