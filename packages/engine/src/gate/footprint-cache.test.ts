import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FootprintCache } from "./footprint-cache.ts";

const cacheOf = (maxEntries = 10, maxBytes = 1_000) =>
  new FootprintCache({ maxEntries, maxBytes, bytesOf: (value) => String(value).length });

describe("a value under a footprint key", () => {
  test("is loaded once, then served as it is without waiting", () => {
    const cache = cacheOf();
    expect(cache.through("k", () => "first")).toBe("first");
    expect(cache.through("k", () => "second")).toBe("first");
    expect([cache.hits, cache.misses, cache.size]).toEqual([1, 1, 1]);
  });

  test("may be undefined: that nothing is there is known as well", () => {
    const cache = cacheOf();
    void cache.through("k", () => undefined);
    expect(cache.through("k", () => "later")).toBeUndefined();
  });

  test("is loaded once for all who ask while it is on its way", async () => {
    const cache = cacheOf();
    let loads = 0;
    const load = async () => ++loads;
    expect(await Promise.all([cache.through("k", load), cache.through("k", load)])).toEqual([1, 1]);
    expect(cache.through("k", load)).toBe(1);
  });

  test("is loaded anew after its key was written", () => {
    const cache = cacheOf();
    void cache.through("k", () => "old");
    void cache.through("other", () => "kept");
    cache.invalidate(["k", "unknown"]);
    expect(cache.through("k", () => "new")).toBe("new");
    expect(cache.through("other", () => "lost")).toBe("kept");
  });

  test("is gone with everything else after clear, on its way or not", async () => {
    const cache = cacheOf();
    const loading = cache.through("slow", async () => "slow");
    void cache.through("k", () => "old");
    cache.clear();
    await loading;
    expect(cache.size).toBe(0);
  });

  test("is not kept when loading failed, and the next one loads again", async () => {
    const cache = cacheOf();
    await expect(cache.through("k", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(
      () =>
        void cache.through("k", () => {
          throw new Error("at once");
        }),
    ).toThrow("at once");
    expect(cache.through("k", () => "yes")).toBe("yes");
  });

  test("a load that fails after its key was written leaves the newer load alone", async () => {
    const cache = cacheOf();
    const failing = cache.through("k", () => Promise.reject(new Error("no")));
    cache.invalidate(["k"]);
    const newer = cache.through("k", async () => "new");
    await expect(failing).rejects.toThrow("no");
    expect(await newer).toBe("new");
    expect(cache.through("k", () => "another")).toBe("new");
  });

  test("gives way to others when there are too many, or they are too large", () => {
    const cache = cacheOf(2, 100);
    for (const key of ["a", "b", "c"]) void cache.through(key, () => key);
    expect(cache.size).toBe(2);
    void cache.through("large", () => "x".repeat(101));
    expect(cache.through("large", () => "again")).toBe("again");
  });
});

describe("fills that race with writes", () => {
  /** What a test does at a moment the scheduler chooses. */
  type Action = { readonly kind: "read" } | { readonly kind: "write" };
  const actions = fc.array(fc.oneof(fc.constant<Action>({ kind: "read" }), fc.constant<Action>({ kind: "write" })), {
    minLength: 2,
    maxLength: 12,
  });

  test("never show anyone a value older than what was visible when they asked", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), actions, async (scheduler, planned) => {
        const cache = cacheOf();
        let stored = 0;
        let visible = 0;
        const load = async () => {
          await scheduler.schedule(Promise.resolve(), "load begins");
          const seen = stored;
          await scheduler.schedule(Promise.resolve(), "load ends");
          return seen;
        };
        const read = async () => {
          await scheduler.schedule(Promise.resolve(), "read");
          const least = visible;
          expect(await cache.through("k", load)).toBeGreaterThanOrEqual(least);
        };
        const write = async () => {
          await scheduler.schedule(Promise.resolve(), "durable");
          stored += 1;
          const mine = stored;
          await scheduler.schedule(Promise.resolve(), "invalidated, then visible");
          cache.invalidate(["k"]);
          visible = Math.max(visible, mine);
        };
        const running = planned.map(({ kind }) => (kind === "read" ? read() : write()));
        await scheduler.waitFor(Promise.all(running));
        expect(await cache.through("k", () => stored)).toBe(stored);
      }),
      { numRuns: 300 },
    );
  });

  test("are not shared with whoever comes after the write", async () => {
    const cache = cacheOf();
    const before = cache.through("k", async () => "old");
    cache.invalidate(["k"]);
    const after = cache.through("k", async () => "new");
    expect(await Promise.all([before, after])).toEqual(["old", "new"]);
    expect(cache.through("k", () => "newest")).toBe("new");
  });
});

describe("a cache of one node among several", () => {
  const keys = ["a", "b"] as const;
  const key = fc.constantFrom(...keys);
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("ask" as const), key, isLate: fc.boolean() }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("answer" as const), nth: fc.nat(5), fails: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("written elsewhere" as const), key }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("heard of" as const), key }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("clear" as const) }) },
  );
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

  /** A database that others write to, and how much of that this node has been told. */
  class World {
    readonly cache = cacheOf();
    readonly #stored = { a: 0, b: 0 };
    /** The oracle: nothing older than this may ever be served again. */
    readonly #heardOf = { a: 0, b: 0 };
    readonly #loading: { readonly resolve: () => void; readonly reject: () => void }[] = [];
    readonly #asked: Promise<unknown>[] = [];
    /** Values that were older than what had been heard of when they were asked for. */
    readonly tooOld: number[] = [];

    async take(next: Step): Promise<void> {
      if (next.kind === "ask") this.ask(next.key, next.isLate);
      else if (next.kind === "answer") this.#answer(next.nth, next.fails);
      else if (next.kind === "written elsewhere") this.#stored[next.key]++;
      else if (next.kind === "heard of") this.#hear([next.key], () => this.cache.invalidate([next.key]));
      else this.#hear(keys, () => this.cache.clear());
      // What was answered or thrown reaches the cache before anything else happens.
      for (let task = 0; task < 5; task++) await Promise.resolve();
    }

    ask(key: "a" | "b", isLate: boolean): void {
      const least = this.#heardOf[key];
      const check = (value: number) => {
        if (value < least) this.tooOld.push(value);
      };
      const value = this.cache.through(key, () => (isLate ? this.#load(key) : this.#stored[key]));
      if (typeof value === "number") check(value);
      else this.#asked.push(value.then(check, () => {}));
    }

    /** Every load that is still on its way arrives, and then everything is asked for once more. */
    async end(): Promise<void> {
      while (this.#loading.length > 0) await this.take({ kind: "answer", nth: 0, fails: false });
      for (const key of keys) this.ask(key, false);
      await Promise.all(this.#asked);
    }

    /** Reads what stands now, which is the oldest it may say, and says so later. */
    #load(key: "a" | "b"): Promise<number> {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      const seen = this.#stored[key];
      this.#loading.push({ resolve: () => resolve(seen), reject: () => reject(new Error("lost")) });
      return promise;
    }

    #answer(nth: number, fails: boolean): void {
      const [loading] = this.#loading.splice(nth % Math.max(1, this.#loading.length), 1);
      if (fails) loading?.reject();
      else loading?.resolve();
    }

    #hear(of: readonly ("a" | "b")[], drop: () => void): void {
      for (const key of of) this.#heardOf[key] = this.#stored[key];
      drop();
    }
  }
  test("never serves what it loaded before an invalidation or a clear, in whatever order loads come back", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 40 }), async (steps) => {
        const world = new World();
        for (const next of steps) await world.take(next);
        await world.end();
        expect(world.tooOld).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test("begins a load of its own after a clear, whoever else still waits for the one before", async () => {
    const cache = cacheOf();
    const before = cache.through("k", async () => "old");
    cache.clear();
    const after = cache.through("k", async () => "new");
    expect(await Promise.all([before, after])).toEqual(["old", "new"]);
    expect(cache.through("k", () => "newest")).toBe("new");
  });
});
