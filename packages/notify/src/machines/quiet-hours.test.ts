import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { audibleSeverities, dayNames, isQuiet, type QuietHours } from "./quiet-hours.ts";

const night: QuietHours = {
  zone: "Europe/Berlin",
  days: ["mon", "tue", "wed", "thu", "fri"],
  fromMinute: 22 * 60,
  toMinute: 7 * 60,
  passes: ["critical"],
};

const at = (text: string) => Date.parse(text);

describe("quiet hours", () => {
  test("last over midnight into the next day, and belong to the day on which they began", () => {
    expect(isQuiet(night, at("2026-03-02T21:59:00+01:00"))).toBe(false); // Monday
    expect(isQuiet(night, at("2026-03-02T22:00:00+01:00"))).toBe(true);
    expect(isQuiet(night, at("2026-03-03T06:59:59+01:00"))).toBe(true);
    expect(isQuiet(night, at("2026-03-03T07:00:00+01:00"))).toBe(false);
    expect(isQuiet(night, at("2026-03-07T03:00:00+01:00"))).toBe(true); // the night from Friday
    expect(isQuiet(night, at("2026-03-07T23:00:00+01:00"))).toBe(false); // Saturday's
    expect(isQuiet(night, at("2026-03-09T03:00:00+01:00"))).toBe(false); // Sunday's
  });

  test("go by the clock on the wall when it is put forward and back", () => {
    const sundays: QuietHours = { ...night, days: ["sat"], fromMinute: 0, toMinute: 0, passes: [] };
    const early: QuietHours = { ...night, days: ["sun"], fromMinute: 60, toMinute: 180, passes: [] };
    // 29 March 2026: 02:00 to 03:00 does not exist. 25 October 2026: it exists twice.
    expect(isQuiet(early, at("2026-03-29T01:59:00+01:00"))).toBe(true);
    expect(isQuiet(early, at("2026-03-29T03:00:00+02:00"))).toBe(false);
    expect(isQuiet(early, at("2026-10-25T02:30:00+02:00"))).toBe(true);
    expect(isQuiet(early, at("2026-10-25T02:30:00+01:00"))).toBe(true);
    expect(isQuiet(early, at("2026-10-25T03:00:00+01:00"))).toBe(false);
    expect(isQuiet(sundays, at("2026-03-28T12:00:00+01:00"))).toBe(true);
    expect(isQuiet(sundays, at("2026-03-29T12:00:00+02:00"))).toBe(false);
  });

  test("let pass what they say; where several hold, only what all of them let pass", () => {
    const noon = at("2026-03-02T12:00:00Z");
    const always = (passes: QuietHours["passes"]): QuietHours => ({
      zone: "UTC",
      days: dayNames,
      fromMinute: 0,
      toMinute: 0,
      passes,
    });
    expect(audibleSeverities([], noon)).toHaveLength(5);
    expect(audibleSeverities([night], noon)).toHaveLength(5);
    expect(audibleSeverities([always(["high", "critical"]), always(["critical"])], noon)).toEqual(["critical"]);
    expect(audibleSeverities([always([])], noon)).toEqual([]);
  });
});

test("of two times that part a day, one is quiet when the other is not", () => {
  const minutes = fc.integer({ min: 0, max: 1_439 });
  fc.assert(
    fc.property(
      minutes,
      minutes,
      fc.integer({ min: 0, max: 2 ** 41 }),
      fc.constantFrom("UTC", "Asia/Kolkata", "America/St_Johns"),
      (from, to, ms, zone) => {
        fc.pre(from !== to);
        const hours = { zone, days: dayNames, passes: [] } as const;
        const one = isQuiet({ ...hours, fromMinute: from, toMinute: to }, ms);
        const other = isQuiet({ ...hours, fromMinute: to, toMinute: from }, ms);
        expect(one).toBe(!other);
      },
    ),
  );
});
