import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SeqClock } from "./seq-clock.ts";

describe("the number before a time", () => {
  it("is never above that of an event since then, however the clock runs", () => {
    const ticks = fc.array(fc.record({ step: fc.integer({ min: 0, max: 60 }), rows: fc.nat(3) }), { maxLength: 60 });
    fc.assert(
      fc.property(ticks, fc.nat(2_000), (ticks, ago) => {
        const clock = new SeqClock();
        const events: { readonly seconds: number; readonly seq: number }[] = [];
        let seconds = 10_000;
        for (const { step, rows } of ticks) {
          seconds += step;
          for (let row = 0; row < rows; row++) events.push({ seconds, seq: events.length + 1 });
          clock.mark(seconds, events.length);
        }
        const since = seconds - ago;
        const first = events.find((event) => event.seconds >= since);
        expect(clock.before(since)).toBeLessThan(first?.seq ?? Number.POSITIVE_INFINITY);
      }),
    );
  });

  it("is close to it, and nothing is known of times that the clock showed before it was set back", () => {
    const clock = new SeqClock();
    for (let seconds = 0; seconds <= 100_000; seconds += 1) clock.mark(seconds, seconds * 2);
    expect(clock.before(90_000)).toBeGreaterThan(2 * (90_000 - 60));
    clock.mark(50_000, 300_000);
    expect(clock.before(49_000)).toBe(0);
    expect(clock.before(60_000)).toBe(300_000);
  });
});
