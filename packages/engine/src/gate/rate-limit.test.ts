import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judgeRate, RateLimiter } from "./rate-limit.ts";

const rates = fc.record({ perSecond: fc.integer({ min: 1, max: 1_000 }), burst: fc.integer({ min: 1, max: 50 }) });
const gapsMs = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 200 });

describe("one rate", () => {
  test("never admits more than the burst and what has flowed back since", () => {
    fc.assert(
      fc.property(rates, gapsMs, (rate, gaps) => {
        let now = 1_700_000_000_000;
        let kept: number | undefined;
        const admitted: number[] = [];
        for (const gap of gaps) {
          now += gap;
          const verdict = judgeRate(rate, kept, now);
          if (verdict.allowed) admitted.push(now);
          kept = verdict.arrivalMs;
        }
        for (const [from, start] of admitted.entries()) {
          for (let to = from; to < admitted.length; to++) {
            const flowed = ((admitted[to]! - start) / 1_000) * rate.perSecond;
            expect(to - from + 1).toBeLessThanOrEqual(rate.burst + flowed + 0.02);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  test("admits the whole burst at once, counting down, and then nothing", () => {
    fc.assert(
      fc.property(rates, fc.integer({ min: 0, max: 2 ** 41 }), (rate, now) => {
        let kept: number | undefined;
        for (let call = 1; call <= rate.burst; call++) {
          const verdict = judgeRate(rate, kept, now);
          expect(verdict).toMatchObject({ allowed: true, remaining: rate.burst - call });
          kept = verdict.arrivalMs;
        }
        expect(judgeRate(rate, kept, now)).toMatchObject({ allowed: false, remaining: 0 });
      }),
    );
  });

  test("admits again after the time that a refusal names", () => {
    fc.assert(
      fc.property(rates, (rate) => {
        let verdict = judgeRate(rate, undefined, 0);
        while (verdict.allowed) verdict = judgeRate(rate, verdict.arrivalMs, 0);
        expect(judgeRate(rate, verdict.arrivalMs, verdict.resetSeconds * 1_000 + 1e-6).allowed).toBe(true);
      }),
    );
  });

  test("is as full again as ever after a long silence, and no fuller", () => {
    const rate = { perSecond: 1, burst: 3 };
    expect(judgeRate(rate, 7_000, 1_000_000)).toEqual(judgeRate(rate, undefined, 1_000_000));
    expect(judgeRate(rate, undefined, 1_000_000)).toMatchObject({ remaining: 2, resetSeconds: 1 });
  });
});

describe("a clock that is set back", () => {
  const rate = { perSecond: 1, burst: 3 };

  test("refuses nobody until it has caught up", () => {
    let verdict = judgeRate(rate, undefined, 7_200_000);
    while (verdict.allowed) verdict = judgeRate(rate, verdict.arrivalMs, 7_200_000);
    expect(judgeRate(rate, verdict.arrivalMs, 3_600_000)).toMatchObject({ allowed: true, remaining: 2 });
  });

  test("by less than a minute, as calls that were begun earlier see it, gives no burst away", () => {
    let verdict = judgeRate(rate, undefined, 100_000);
    while (verdict.allowed) verdict = judgeRate(rate, verdict.arrivalMs, 100_000);
    expect(judgeRate(rate, verdict.arrivalMs, 41_000).allowed).toBe(false);
  });
});

describe("rates by key", () => {
  const slow = { perSecond: 0.001, burst: 1 };

  test("are kept apart", () => {
    const limiter = new RateLimiter(slow);
    expect(limiter.take("a", 1).allowed).toBe(true);
    expect(limiter.take("a", 2).allowed).toBe(false);
    expect(limiter.take("b", 2).allowed).toBe(true);
  });

  test("forget, when there are too many, those who may do everything again first", () => {
    const limiter = new RateLimiter(slow, 2);
    limiter.take("recovered", 0);
    limiter.take("limited", 900_000);
    limiter.take("new", 1_000_001);
    expect(limiter.take("limited", 1_000_002).allowed).toBe(false);
  });

  test("forget the oldest when all are limited: memory is bounded", () => {
    const limiter = new RateLimiter(slow, 100);
    for (let key = 0; key < 100; key++) limiter.take(`k${key}`, key);
    limiter.take("new", 101);
    expect(limiter.take("k0", 102).allowed).toBe(true);
    expect(limiter.take("k99", 103).allowed).toBe(false);
  });

  test("keep a place for at least one key", () => {
    const limiter = new RateLimiter(slow, 0);
    expect(limiter.take("a", 0).allowed).toBe(true);
    expect(limiter.take("a", 1).allowed).toBe(false);
  });
});
