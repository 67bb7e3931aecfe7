import { expect, it, vi } from "vitest";
import { LossTotals } from "./loss-totals.ts";

function totals() {
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const clock = { ms: 0 };
  return { log, clock, losses: new LossTotals(log, () => clock.ms) };
}

const full = { stage: "queue", name: "events", reason: "queue_full" } as const;

it("sums what was lost, and tells the log of each kind once a minute with what came since", () => {
  const { log, clock, losses } = totals();
  for (const lost of [1, 2, 3]) losses.add({ ...full, lost });
  losses.add({ stage: "source", name: "connector", reason: "overrun", lost: 5 });
  expect(losses.list()).toEqual([
    { ...full, lost: 6 },
    { stage: "source", name: "connector", reason: "overrun", lost: 5 },
  ]);
  expect(log.warn.mock.calls.map(([fields]) => fields as unknown)).toEqual([
    { ...full, lost: 1 },
    { stage: "source", name: "connector", reason: "overrun", lost: 5 },
  ]);
  clock.ms = 60_000;
  losses.add({ ...full, lost: 1 });
  expect(log.warn).toHaveBeenLastCalledWith({ ...full, lost: 6 }, expect.anything());
});

it("keeps a bounded number of kinds, and the sum true", () => {
  const { losses } = totals();
  for (let index = 0; index < 1_000; index++) losses.add({ ...full, reason: `r${index}`, lost: 1 });
  const listed = losses.list();
  expect(listed.length).toBeLessThanOrEqual(257);
  expect(listed.reduce((sum, { lost }) => sum + lost, 0)).toBe(1_000);
});
