import fc from "fast-check";
import { expect, test } from "vitest";
import { TokenBucket } from "./token-bucket.ts";

test("gives a burst, then one each time that a minute's share has passed", () => {
  const bucket = new TokenBucket({ perMinute: 6, burst: 2 }, 0);
  expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([true, true, false]);
  expect(bucket.waitMs(0)).toBe(10_000);
  expect(bucket.take(9_999)).toBe(false);
  expect(bucket.take(10_000)).toBe(true);
  expect(bucket.waitMs(12_000)).toBe(8_000);
});

test("never holds more than a burst, and loses nothing when time stands still or goes back", () => {
  const bucket = new TokenBucket({ perMinute: 60, burst: 3 }, 0);
  const taken = [1, 2, 3, 4].map(() => bucket.take(1_000_000));
  expect(taken).toEqual([true, true, true, false]);
  expect(bucket.take(0)).toBe(false);
  expect(bucket.take(1_001_000)).toBe(true);
});

test("after a wait that it named, there is a token; over any time it gives its burst and its rate at most", () => {
  const policies = fc.record({ perMinute: fc.integer({ min: 1, max: 600 }), burst: fc.integer({ min: 1, max: 20 }) });
  fc.assert(
    fc.property(policies, fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 200 }), (policy, waits) => {
      const bucket = new TokenBucket(policy, 0);
      let now = 0;
      let taken = 0;
      for (const wait of waits) {
        now += wait;
        const waitMs = bucket.waitMs(now);
        const isTaken = bucket.take(now);
        expect(isTaken).toBe(waitMs === 0);
        if (isTaken) taken += 1;
      }
      expect(taken).toBeLessThanOrEqual(policy.burst + (now * policy.perMinute) / 60_000 + 1e-6);
      now += bucket.waitMs(now);
      expect(bucket.take(now)).toBe(true);
    }),
  );
});
