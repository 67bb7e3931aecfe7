import { randomBytes } from "node:crypto";
import type { Query } from "./query.ts";

/** Time as a lease needs it: both in milliseconds, neither is ever compared with the database's. */
export interface LeaseClock {
  /** Never set back, but may stand still while the machine sleeps. */
  monotonic(): number;
  /** Goes on while the machine sleeps, but may be set. */
  wall(): number;
}

export interface LeaseOptions {
  /** A connection pool; each query ends on its own after a bounded time. */
  readonly on: Query;
  /** What only one node does at a time. */
  readonly name: string;
  readonly node: string;
  readonly ttlMs?: number;
  readonly renewEveryMs?: number;
  readonly clock?: LeaseClock;
  /** Hears of each attempt that failed; the lease goes on trying. */
  readonly onFault?: (cause: unknown) => void;
  /** Hears of each attempt that the database answered, whoever holds the lease. */
  readonly onAnswer?: () => void;
}

const TTL_MS = 6_000;
const RENEW_EVERY_MS = 2_000;
/** Clocks that are being corrected run at up to half a thousandth more or less: the holder gives up this much earlier. */
const MARGIN = 0.05;
const AFTER_EXPIRY_MS = 20;

/**
 * One row, one statement, the database's time alone: whoever finds it expired, or its own, has it. `greatest`: what was
 * sent long ago and arrives only now takes nothing away from what was promised since. Nobody is promised more than a
 * few times the usual: what lasts longer was written by someone else, or by a clock that was set back. Says as well how long another's
 * lease still lasts, so that the next try comes when it ends.
 */
const TAKE = `WITH taken AS (
    INSERT INTO holdfast.leases AS l (name, holder, term, expires_at)
    VALUES ($1, $2, 1, now() + make_interval(secs => $3))
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder,
      expires_at = CASE WHEN l.expires_at > now() + make_interval(secs => $3 * 10) THEN excluded.expires_at
        ELSE greatest(l.expires_at, excluded.expires_at) END, term = l.term + (l.holder <> excluded.holder)::int
    WHERE l.holder = excluded.holder OR l.expires_at <= now()
      OR l.expires_at > now() + make_interval(secs => $3 * 10) RETURNING term)
  SELECT (SELECT term FROM taken) AS term,
    (SELECT extract(epoch FROM least(expires_at, now() + interval '1 minute') - now())::float8 * 1000 FROM holdfast.leases WHERE name = $1) AS "leftMs"`;
/** The row stays, so that its term goes on rising. */
const RELEASE = "UPDATE holdfast.leases SET expires_at = now() WHERE name = $1 AND holder = $2";

interface Taken {
  readonly term: number | null;
  readonly leftMs: number | null;
}

const systemClock: LeaseClock = { monotonic: () => performance.now(), wall: () => Date.now() };

/**
 * Lets exactly one of many nodes do a duty. Held until a deadline by this node's clock that began before the database was
 * asked, and so ends before the database lets another have it, also for a process that was paused in between. What a
 * duty does must still be guarded where it is written: between `isHeld` and a write there is always a moment.
 */
export class PostgresLease {
  readonly #options: LeaseOptions;
  readonly #clock: LeaseClock;
  readonly #ttlMs: number;
  readonly #renewEveryMs: number;
  /** Undefined while it is stopped. */
  #holder: string | undefined;
  #deadline: { readonly monotonic: number; readonly wall: number } | undefined;
  #term: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #attempt: Promise<void> = Promise.resolve();

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#ttlMs = options.ttlMs ?? TTL_MS;
    this.#renewEveryMs = options.renewEveryMs ?? RENEW_EVERY_MS;
  }

  get isHeld(): boolean {
    const deadline = this.#deadline;
    if (deadline === undefined) return false;
    return this.#clock.monotonic() < deadline.monotonic && this.#clock.wall() < deadline.wall;
  }

  /** Rises with each new holder, so that an older one's writes can be told; undefined while it is not held. */
  get term(): number | undefined {
    return this.isHeld ? this.#term : undefined;
  }

  /** Tries to take the lease now, then again and again; resolves after the first try, whatever it brought. */
  start(): Promise<void> {
    if (this.#holder !== undefined) return this.#attempt;
    // Two processes may have one name, and whoever starts again is another holder than the one that is being released.
    const holder = `${this.#options.node} ${randomBytes(8).toString("hex")}`;
    this.#holder = holder;
    return this.#try(holder);
  }

  /** Not held from this moment on; resolves when another can have it, or the database could not be told. */
  async stop(): Promise<void> {
    const holder = this.#holder;
    if (holder === undefined) return;
    this.#holder = undefined;
    this.#deadline = undefined;
    clearTimeout(this.#timer);
    await this.#attempt;
    try {
      await this.#options.on.query(RELEASE, [this.#options.name, holder]);
    } catch (cause) {
      this.#options.onFault?.(cause);
    }
  }

  #try(holder: string): Promise<void> {
    this.#attempt = this.#take(holder)
      .catch((cause: unknown) => {
        this.#options.onFault?.(cause);
        return this.#renewEveryMs;
      })
      .then((delayMs) => this.#tryAfter(delayMs, holder));
    return this.#attempt;
  }

  /** Resolves with the time after which to try again. */
  async #take(holder: string): Promise<number> {
    const { on, name } = this.#options;
    const heldMs = this.#ttlMs * (1 - MARGIN);
    const deadline = { monotonic: this.#clock.monotonic() + heldMs, wall: this.#clock.wall() + heldMs };
    const { rows } = await on.query<Taken>(TAKE, [name, holder, this.#ttlMs / 1_000]);
    this.#options.onAnswer?.();
    const { term = null, leftMs = null } = rows[0] ?? {};
    if (this.#holder === holder) {
      this.#term = term ?? undefined;
      this.#deadline = term === null ? undefined : deadline;
    }
    if (term !== null || leftMs === null) return this.#renewEveryMs;
    return Math.min(this.#renewEveryMs, Math.max(leftMs, 0) + AFTER_EXPIRY_MS);
  }

  #tryAfter(delayMs: number, holder: string): void {
    if (this.#holder !== holder) return;
    this.#timer = setTimeout(() => void this.#try(holder), delayMs);
    this.#timer.unref();
  }
}
