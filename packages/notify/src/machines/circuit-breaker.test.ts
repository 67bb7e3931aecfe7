import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CircuitBreaker, defaultBreakerPolicy } from "./circuit-breaker.ts";

function opened(): CircuitBreaker {
  const breaker = new CircuitBreaker();
  for (let failures = 0; failures < 5; failures += 1) breaker.failed(0);
  return breaker;
}

describe("a circuit breaker", () => {
  test("opens with the fifth failure in a row, and says so once", () => {
    const breaker = new CircuitBreaker();
    const opens = [1, 2, 3, 4, 5, 6].map(() => breaker.failed(0));
    expect(opens).toEqual([false, false, false, false, true, false]);
    expect(breaker.state(0)).toBe("open");
    expect(breaker.admit(29_999)).toBe(false);
    expect(breaker.waitMs(10_000)).toBe(20_000);
  });

  test("counts failures in a row only", () => {
    const breaker = new CircuitBreaker();
    for (let round = 0; round < 10; round += 1) {
      for (let failures = 0; failures < 4; failures += 1) breaker.failed(0);
      expect(breaker.succeeded()).toBe(false);
    }
    expect(breaker.state(0)).toBe("closed");
  });

  test("is half-open after 30 s, and lets one probe through at a time", () => {
    const breaker = opened();
    expect(breaker.state(30_000)).toBe("half-open");
    expect(breaker.admit(30_000)).toBe(true);
    expect(breaker.admit(30_000)).toBe(false);
    breaker.released();
    expect(breaker.admit(30_000)).toBe(true);
  });

  test("closes with the second success, and opens again with one failure", () => {
    const breaker = opened();
    breaker.admit(30_000);
    expect(breaker.succeeded()).toBe(false);
    expect(breaker.state(30_000)).toBe("half-open");
    breaker.admit(30_000);
    expect(breaker.failed(30_000)).toBe(false);
    expect(breaker.state(59_999)).toBe("open");
    for (const expected of [false, true]) {
      expect(breaker.admit(60_000)).toBe(true);
      expect(breaker.succeeded()).toBe(expected);
    }
    expect(breaker.state(60_000)).toBe("closed");
    expect(breaker.failed(60_000)).toBe(false);
  });
});

/** The same from the sentences of the document alone, kept as a history. */
class Reference {
  readonly history: { readonly ok: boolean; readonly at: number }[] = [];

  state(now: number): "closed" | "open" | "half-open" {
    let openedAt: number | undefined;
    let inARow = 0;
    for (const { ok, at } of this.history) {
      inARow = ok ? (inARow > 0 ? inARow + 1 : 1) : inARow < 0 ? inARow - 1 : -1;
      if (openedAt === undefined && inARow <= -defaultBreakerPolicy.failures) openedAt = at;
      else if (openedAt !== undefined && !ok) openedAt = at;
      else if (openedAt !== undefined && inARow >= defaultBreakerPolicy.successes) {
        openedAt = undefined;
        inARow = 0;
      }
    }
    if (openedAt === undefined) return "closed";
    return now - openedAt < defaultBreakerPolicy.openMs ? "open" : "half-open";
  }
}

test("agrees with the sentences of the document after any history", () => {
  const step = fc.record({ ok: fc.boolean(), waitMs: fc.constantFrom(0, 1, 10_000, 29_999, 30_000, 40_000) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const breaker = new CircuitBreaker();
      const reference = new Reference();
      let now = 0;
      for (const { ok, waitMs } of steps) {
        now += waitMs;
        expect(breaker.state(now)).toBe(reference.state(now));
        expect(breaker.admit(now)).toBe(reference.state(now) !== "open");
        if (reference.state(now) === "open") continue;
        if (ok) breaker.succeeded();
        else breaker.failed(now);
        reference.history.push({ ok, at: now });
      }
    }),
  );
});
