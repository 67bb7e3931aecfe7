import { readFileSync, writeFileSync } from "node:fs";

export interface HeartbeatOptions {
  /** Asks for a sign of life. */
  readonly beat: () => void;
  /** Reads what has arrived: a busy process may be late itself. */
  readonly listen: () => void;
  readonly intervalMs: number;
  /** How long an answer may take. */
  readonly silenceMs: number;
}

/** Tells a source that has gone deaf from a host on which nothing happens (ATTACKS 44). */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #interval: NodeJS.Timeout | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #onHeard: (() => void) | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** Resolves to whether the first beat was heard; `onSilence` is called when a later one is not. */
  async begin(onSilence: () => void): Promise<boolean> {
    if (!(await this.#isAnswered())) return false;
    const again = async (): Promise<void> => {
      if (!(await this.#isAnswered())) onSilence();
    };
    this.#interval = setInterval(() => void again(), this.#options.intervalMs).unref();
    return true;
  }

  /** To be called for each answer. */
  heard(): void {
    this.#onHeard?.();
  }

  end(): void {
    clearInterval(this.#interval);
    this.heard();
  }

  async #isAnswered(): Promise<boolean> {
    if (this.#onHeard !== undefined) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const settle = (isHeard: boolean): void => {
      clearTimeout(this.#deadline);
      this.#onHeard = undefined;
      resolve(isHeard);
    };
    this.#onHeard = () => settle(true);
    this.#deadline = setTimeout(() => {
      this.#options.listen();
      settle(this.#onHeard === undefined);
    }, this.#options.silenceMs);
    this.#options.beat();
    return promise;
  }
}

/** Gives this process the name that it has: the kernel tells its listeners of that, at no other effect. */
export function renameToSame(self = "/proc/self"): void {
  const name = readFileSync(`${self}/comm`);
  writeFileSync(`${self}/comm`, name.subarray(0, name.length - 1));
}
