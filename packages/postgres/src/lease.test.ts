import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createPool } from "./connect.ts";
import { connected, emptyDatabase, hasServer } from "./database.fixture.ts";
import { PostgresLease } from "./lease.ts";
import type { Query } from "./query.ts";
import { prepareSchema } from "./schema.ts";
import type { PostgresSettings } from "./settings.ts";

const TTL_MS = 6_000;

interface LeaseRow {
  holder: string;
  term: number;
  expiresAt: number;
}

/**
 * The one row as the database keeps it, by its own time. A request arrives, and its answer comes back, when told: what
 * a slow network, a busy server and a paused process do to a lease.
 */
class Database {
  now = 0;
  row: LeaseRow | undefined;
  readonly #requests: (() => void)[] = [];
  readonly #answers: (() => void)[] = [];

  readonly on = {
    query: (sql: string, values: readonly unknown[]) =>
      new Promise((resolve) => {
        this.#requests.push(() => {
          const rows = this.#serve(sql, values);
          this.#answers.push(() => resolve({ rows }));
        });
      }),
  } as unknown as Query;

  /** Serves the request at this place, if there is one. */
  arrive(place: number): void {
    take(this.#requests, place)?.();
  }

  /** Gives back the answer at this place, if there is one. */
  answer(place: number): void {
    take(this.#answers, place)?.();
  }

  serveAll(): void {
    while (this.#requests.length > 0) this.arrive(0);
    while (this.#answers.length > 0) this.answer(0);
  }

  #serve(sql: string, [, holder, ttlSeconds]: readonly unknown[]): unknown[] {
    const { row, now } = this;
    if (sql.startsWith("UPDATE")) {
      if (row?.holder === holder) row!.expiresAt = now;
      return [];
    }
    const leftMs = row === undefined ? null : row.expiresAt - now;
    const expiresAt = now + Number(ttlSeconds) * 1_000;
    if (row !== undefined && row.holder !== holder && row.expiresAt > now) return [{ term: null, leftMs }];
    const isSame = row?.holder === holder;
    const term = (row?.term ?? 0) + (isSame ? 0 : 1);
    this.row = { holder: String(holder), term, expiresAt: Math.max(expiresAt, isSame ? row!.expiresAt : 0) };
    return [{ term, leftMs }];
  }
}

function take(queue: (() => void)[], place: number): (() => void) | undefined {
  return queue.splice(place % Math.max(1, queue.length), 1)[0];
}

/** A process's clock, whose reading began anywhere. */
function clockFrom(start: number) {
  const clock = { at: start, monotonic: () => clock.at, wall: () => clock.at + 1_000 };
  return clock;
}

const flush = (): Promise<void> => vi.advanceTimersByTimeAsync(0).then(() => undefined);

describe("a lease", () => {
  it("is held from the answer until the time that began before the question", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const database = new Database();
    const clock = clockFrom(500);
    const lease = new PostgresLease({ on: database.on, name: "checkpoint", node: "n1", clock });
    expect(lease.isHeld).toBe(false);
    const started = lease.start();
    clock.at += 1_000;
    expect(lease.isHeld).toBe(false);
    database.serveAll();
    await started;
    expect([lease.isHeld, lease.term]).toEqual([true, 1]);
    clock.at = 500 + TTL_MS * 0.95 - 1;
    expect(lease.isHeld).toBe(true);
    clock.at += 1;
    expect([lease.isHeld, lease.term]).toEqual([false, undefined]);
  });

  it("is over for a machine that slept, whose one clock stood still", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const database = new Database();
    let wall = 0;
    const clock = { monotonic: () => 0, wall: () => wall };
    const lease = new PostgresLease({ on: database.on, name: "checkpoint", node: "n1", clock });
    const started = lease.start();
    database.serveAll();
    await started;
    expect(lease.isHeld).toBe(true);
    wall = TTL_MS;
    expect(lease.isHeld).toBe(false);
  });

  it("is renewed while it is held, and its term stays", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const database = new Database();
    const clock = clockFrom(0);
    const lease = new PostgresLease({ on: database.on, name: "checkpoint", node: "n1", clock });
    void lease.start();
    for (let second = 0; second < 30; second += 1) {
      database.serveAll();
      await flush();
      expect([lease.isHeld, lease.term]).toEqual([true, 1]);
      clock.at += 1_000;
      database.now += 1_000;
      await vi.advanceTimersByTimeAsync(1_000);
    }
  });

  it("outlives a question that failed, not one that was answered with no", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const query = vi.fn<() => Promise<unknown>>();
    const onFault = vi.fn<(cause: unknown) => void>();
    const on = { query } as unknown as Query;
    const lease = new PostgresLease({ on, name: "checkpoint", node: "n1", clock: clockFrom(0), onFault });
    query.mockResolvedValueOnce({ rows: [{ term: 4, leftMs: -1 }] });
    await lease.start();
    await lease.start();
    expect(query).toHaveBeenCalledTimes(1);
    const lost = new Error("Connection terminated");
    query.mockRejectedValueOnce(lost);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(onFault).toHaveBeenCalledExactlyOnceWith(lost);
    expect([lease.isHeld, lease.term]).toEqual([true, 4]);
    query.mockResolvedValueOnce({ rows: [{ term: null, leftMs: 100 }] });
    await vi.advanceTimersByTimeAsync(2_000);
    expect([lease.isHeld, lease.term]).toEqual([false, undefined]);
    query.mockResolvedValueOnce({ rows: [{ term: 6, leftMs: 0 }] });
    await vi.advanceTimersByTimeAsync(200);
    expect(lease.term).toBe(6);
  });

  it("is not held from the moment it is stopped, whatever is still under way", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const database = new Database();
    const lease = new PostgresLease({ on: database.on, name: "checkpoint", node: "n1", clock: clockFrom(0) });
    await lease.stop();
    const started = lease.start();
    const stopped = lease.stop();
    database.serveAll();
    await started;
    expect(lease.isHeld).toBe(false);
    database.serveAll();
    await stopped;
    expect(database.row?.expiresAt).toBe(database.now);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(database.row?.expiresAt).toBe(0);
  });

  it("says when the database could not be told of its end", async () => {
    const query = vi.fn<() => Promise<unknown>>().mockResolvedValueOnce({ rows: [{ term: 1, leftMs: null }] });
    const onFault = vi.fn<(cause: unknown) => void>();
    const lease = new PostgresLease({ on: { query } as unknown as Query, name: "a", node: "n1", onFault });
    await lease.start();
    expect(lease.isHeld).toBe(true);
    const lost = new Error("Connection terminated");
    query.mockRejectedValueOnce(lost);
    await lease.stop();
    expect(onFault).toHaveBeenCalledExactlyOnceWith(lost);
  });

  it("is never held by two, whatever is delayed, reordered, paused, stopped and started again", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ pass: fc.integer({ min: 1, max: 4_000 }), timersOf: fc.integer({ min: 0, max: 7 }) }),
      },
      { weight: 3, arbitrary: fc.record({ arrive: fc.integer({ min: 0, max: 5 }) }) },
      { weight: 3, arbitrary: fc.record({ answer: fc.integer({ min: 0, max: 5 }) }) },
      { weight: 1, arbitrary: fc.record({ toggle: fc.integer({ min: 0, max: 2 }) }) },
    );
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120 }), async (steps) => {
        vi.clearAllTimers();
        const database = new Database();
        const clock = clockFrom(0);
        const leases = ["a", "b", "c"].map((node) => new PostgresLease({ on: database.on, name: "x", node, clock }));
        const running = [true, true, true];
        for (const lease of leases) void lease.start();
        for (const one of steps) {
          if ("pass" in one) {
            clock.at += one.pass;
            database.now += one.pass;
            // A paused process runs no timer for a while; its question then comes late.
            if (one.timersOf > 0) await vi.advanceTimersByTimeAsync(one.pass);
          } else if ("arrive" in one) database.arrive(one.arrive);
          else if ("answer" in one) database.answer(one.answer);
          else {
            const lease = leases[one.toggle]!;
            running[one.toggle] = !running[one.toggle];
            void (running[one.toggle] === true ? lease.start() : lease.stop());
          }
          await flush();
          const held = leases.filter(({ isHeld }) => isHeld);
          expect(held.length).toBeLessThanOrEqual(1);
          for (const { term } of held) expect(term).toBe(database.row?.term);
          taken += held.length;
        }
      }),
      { numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(1_000);
  });
});

describe.skipIf(!hasServer)("a lease in PostgreSQL", () => {
  const times = { ttlMs: 2_000, renewEveryMs: 200 };

  async function prepared(): Promise<PostgresSettings> {
    const settings = { ...(await emptyDatabase()), maxConnections: 4 };
    await prepareSchema(await connected(settings), []);
    return settings;
  }

  function node(settings: PostgresSettings, name: string): PostgresLease {
    const pool = createPool(settings);
    const lease = new PostgresLease({ on: pool, name: "checkpoint", node: name, ...times });
    onTestFinished(async () => {
      await lease.stop();
      await pool.end();
    });
    return lease;
  }

  it("goes to one of several that ask at once, and each new holder has a higher term", async () => {
    const settings = await prepared();
    const leases = ["a", "b", "c"].map((name) => node(settings, name));
    const terms: (number | undefined)[] = [];
    for (const _ of leases) {
      await Promise.all(leases.map((lease) => lease.start()));
      await vi.waitUntil(() => leases.some(({ isHeld }) => isHeld));
      const held = leases.filter(({ isHeld }) => isHeld);
      expect(held).toHaveLength(1);
      terms.push(held[0]?.term);
      await held[0]?.stop();
    }
    expect(terms).toEqual([1, 2, 3]);
  });

  it("tells of each try whether the database answered it, also while another holds it", async () => {
    const settings = await prepared();
    await node(settings, "a").start();
    const pool = createPool(settings);
    const [onFault, onAnswer] = [vi.fn(), vi.fn()];
    const lease = new PostgresLease({ on: pool, name: "checkpoint", node: "b", ...times, onFault, onAnswer });
    onTestFinished(async () => {
      await lease.stop();
      await pool.end();
    });
    await lease.start();
    expect([onAnswer.mock.calls.length, onFault.mock.calls.length]).toEqual([1, 0]);
    const client = await connected(settings);
    await client.query("ALTER TABLE leases RENAME TO away");
    await vi.waitFor(() => expect(onFault.mock.lastCall).toMatchObject([{ code: "42P01" }]), 5_000);
    const answers = onAnswer.mock.calls.length;
    await client.query("ALTER TABLE away RENAME TO leases");
    await vi.waitFor(() => expect(onAnswer.mock.calls.length).toBeGreaterThan(answers), 5_000);
  });

  it("is not shortened by a renewal that arrives late", async () => {
    const settings = await prepared();
    const client = await connected(settings);
    const lease = node(settings, "a");
    await lease.start();
    const promised = "UPDATE leases SET expires_at = now() + interval '10 seconds' RETURNING expires_at::text AS until";
    const [row] = (await client.query<{ until: string }>(promised)).rows;
    await expect(
      vi.waitUntil(async () => {
        const { rows } = await client.query("SELECT FROM leases WHERE expires_at <> $1::timestamptz", [row?.until]);
        return rows.length > 0;
      }, 600),
    ).rejects.toThrow(/Timed out/);
    await lease.stop();
    const { rows } = await client.query('SELECT term, expires_at <= now() AS "isOver" FROM leases');
    expect(rows).toEqual([{ term: 1, isOver: true }]);
  });

  it.each(["now() + interval '1 hour'", "'infinity'"])(
    "that nobody was promised for so long is taken: until %s",
    async (until) => {
      const settings = await prepared();
      const client = await connected(settings);
      await client.query(`INSERT INTO leases VALUES ('checkpoint', 'nobody', 7, ${until})`);
      const lease = node(settings, "a");
      await lease.start();
      expect([lease.isHeld, lease.term]).toEqual([true, 8]);
      const { rows } = await client.query(
        "SELECT expires_at < now() + interval '3 seconds' AS \"isShort\" FROM leases",
      );
      expect(rows).toEqual([{ isShort: true }]);
    },
  );

  it("is kept while its holder lives and taken over when that is gone without a word", async () => {
    const settings = await prepared();
    const client = await connected(settings);
    let isAlive = true;
    const mortal = {
      query: (...given: Parameters<typeof client.query>) =>
        isAlive ? client.query(...given) : Promise.reject(new Error("gone")),
    } as unknown as Query;
    const first = new PostgresLease({ on: mortal, name: "checkpoint", node: "a", ...times });
    await first.start();
    const second = node(settings, "b");
    await second.start();
    const seen = new Set<string>();
    const watch = (): boolean => {
      seen.add(`${first.isHeld} ${second.isHeld}`);
      return second.isHeld;
    };
    await expect(vi.waitUntil(watch, { timeout: 2_500, interval: 5 })).rejects.toThrow(/Timed out/);
    isAlive = false;
    await vi.waitUntil(watch, { timeout: 5_000, interval: 5 });
    expect(seen).not.toContain("true true");
    expect([first.isHeld, second.term]).toEqual([false, 2]);
    await first.stop();
  });
});
