import { setImmediate as nextTurn, setTimeout as later } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { KeyCache, LiveKey } from "./key-cache.ts";

const keyOf = (tenant = "tn_a") => new LiveKey(tenant, Buffer.alloc(32, 9));

describe("a cache of keys", () => {
  it("wipes a key that falls out, after whoever got it in this turn is done", async () => {
    const cache = new KeyCache<LiveKey>({ maxKeys: 1, ttlSeconds: 60 });
    const first = keyOf();
    cache.keep("first", first, cache.drops);
    cache.keep("second", keyOf(), cache.drops);
    expect(cache.get("first")).toBeUndefined();
    const { bytes } = first;
    expect(bytes).toEqual(Buffer.alloc(32, 9));
    await nextTurn();
    expect(bytes).toEqual(Buffer.alloc(32));
    expect(() => first.bytes).toThrow("a wiped key was used");
    expect(cache.size).toBe(1);
  });

  it("wipes keys whose time is over without being asked for them", async () => {
    const cache = new KeyCache<LiveKey>({ maxKeys: 10, ttlSeconds: 0.001 });
    const key = keyOf();
    cache.keep("key", key, cache.drops);
    await later(5);
    cache.dropExpired();
    await nextTurn();
    expect(cache.size).toBe(0);
    expect(() => key.bytes).toThrow("wiped");
  });

  it("does not keep a key that was dropped while it was loaded", () => {
    const cache = new KeyCache<LiveKey>({ maxKeys: 10, ttlSeconds: 60 });
    for (const drop of [() => cache.drop("key"), () => cache.dropTenant("tn_a"), () => cache.clear()]) {
      const { drops } = cache;
      drop();
      cache.keep("key", keyOf(), drops);
      expect(cache.get("key")).toBeUndefined();
    }
  });

  it("drops the keys of one tenant and keeps those of others", () => {
    const cache = new KeyCache<LiveKey>({ maxKeys: 10, ttlSeconds: 60 });
    cache.keep("a", keyOf("tn_a"), cache.drops);
    cache.keep("b", keyOf("tn_b"), cache.drops);
    cache.dropTenant("tn_a");
    expect([cache.get("a"), cache.get("b")?.tenant]).toEqual([undefined, "tn_b"]);
  });
});
