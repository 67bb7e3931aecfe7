import { libc, systemCallError } from "./system/libc.ts";

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

/** <linux/prctl.h>. Unlike /proc/self/comm, a process that nobody may look into can be named by this too. */
const PR_SET_NAME = 15;
const PR_GET_NAME = 16;
const NAME_BYTES = 16;

/** Gives this thread the name that it has: the kernel tells its listeners of that, at no other effect. */
export function renameToSame(): void {
  const name = Buffer.alloc(NAME_BYTES);
  const isRead = libc().prctl(PR_GET_NAME, name, 0, 0, 0) === 0;
  if (!isRead || libc().prctl(PR_SET_NAME, name, 0, 0, 0) !== 0) throw systemCallError("prctl");
}
