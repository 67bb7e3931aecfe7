import { expect, it } from "vitest";
import { monthOf } from "./month.ts";

it("a month is that of UTC, forwards and backwards in time", () => {
  const times = [
    ["2026-06-30T23:59:59.999Z", "2026-06"],
    ["2026-07-01T00:00:00.000Z", "2026-07"],
    ["2026-07-31T12:00:00.000Z", "2026-07"],
    ["2026-06-01T00:00:00.000Z", "2026-06"],
    ["2026-12-31T23:59:59.999Z", "2026-12"],
    ["2027-01-01T00:00:00.000Z", "2027-01"],
  ] as const;
  for (const [time, month] of times) expect(monthOf(Date.parse(time))).toBe(month);
});
