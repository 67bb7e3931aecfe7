import type { Client } from "pg";
import { LOCK_NOT_AVAILABLE, sqlStateOf } from "./database-error.ts";

/** Advisory lock of whoever commits next: "HF" and its use. */
const LOCK = "1212612608, 1";
/** How long after a wait that came to nothing the lock is only tried, not waited for. */
const IMPATIENT_MS = 5_000;

const WAIT = { name: "turn_wait", text: `SELECT pg_advisory_lock(${LOCK})` };
const TRY = { name: "turn_try", text: `SELECT pg_try_advisory_lock(${LOCK}) AS got` };
/** Keeps the lock when the batch before it on the connection does not stand: another attempt follows. */
const GIVE_BACK_IF = {
  name: "turn_back_if",
  text: `SELECT pg_advisory_unlock(${LOCK}) AS "isFree" FROM holdfast.head WHERE id = 0 AND chain = $1`,
};
const GIVE_BACK = { name: "turn_back", text: `SELECT pg_advisory_unlock(${LOCK})` };

/**
 * Nodes queue for an advisory lock before they commit, which the database grants in the order of asking. It saves
 * attempts that would lose the fence, and nothing else: who goes on without it is only likelier to try again. A node
 * that was paused while it holds the lock makes the others wait once, for the connection's lock_timeout.
 */
export class Turn {
  readonly #client: Client;
  readonly #nowMs: () => number;
  #impatientUntilMs = 0;

  constructor(client: Client, nowMs: () => number = () => performance.now()) {
    this.#client = client;
    this.#nowMs = nowMs;
  }

  /** Whether the lock was had; anything sent behind this on the same connection runs after it. */
  async take(): Promise<boolean> {
    if (this.#nowMs() < this.#impatientUntilMs) return this.#try();
    try {
      await this.#client.query(WAIT);
      return true;
    } catch (cause) {
      if (sqlStateOf(cause) !== LOCK_NOT_AVAILABLE) throw cause;
      this.#impatientUntilMs = this.#nowMs() + IMPATIENT_MS;
      return false;
    }
  }

  async #try(): Promise<boolean> {
    const { rows } = await this.#client.query<{ readonly got: boolean }>(TRY);
    return rows[0]?.got === true;
  }

  /** Gives the lock back if the ledger's head has this chain; whether it did. */
  async giveBackIf(chain: string): Promise<boolean> {
    const { rowCount } = await this.#client.query({ ...GIVE_BACK_IF, values: [chain] });
    return rowCount === 1;
  }

  async giveBack(): Promise<void> {
    await this.#client.query(GIVE_BACK);
  }
}
