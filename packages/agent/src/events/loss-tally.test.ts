import { expect, test } from "vitest";
import { type Loss, LossTally, lossRow } from "./loss-tally.ts";

test("losses of one stage, name and reason are one sum, told at once and taken once", () => {
  const told: Loss[] = [];
  const tally = new LossTally((loss) => told.push(loss));
  tally.add("queue", "events", "queue_full", 2);
  tally.add("queue", "events", "queue_full", 3);
  tally.add("source", "connector", "overrun", 1);
  tally.add("source", "connector", "overrun", 0);
  expect(told.map(({ lost }) => lost)).toEqual([2, 3, 1]);
  const losses = tally.take();
  expect(losses).toEqual([
    { stage: "queue", name: "events", reason: "queue_full", lost: 5 },
    { stage: "source", name: "connector", reason: "overrun", lost: 1 },
  ]);
  expect(tally.take()).toEqual([]);
  tally.restore(losses);
  tally.add("queue", "events", "queue_full", 1);
  expect(tally.take().map(({ lost }) => lost)).toEqual([6, 1]);
  expect(tally.total).toBe(7);
});

test("kinds of losses are bounded, and their sum stays true", () => {
  const tally = new LossTally();
  for (let kind = 0; kind < 1_000; kind++) tally.add("collector", `c${kind}`, "failed", 1);
  const losses = tally.take();
  expect(losses.length).toBeLessThanOrEqual(257);
  expect(losses.reduce((sum, { lost }) => sum + lost, 0)).toBe(1_000);
});

test("a loss is a row of agent_losses", () => {
  const loss = { stage: "sink", name: "mail", reason: "refused", lost: 4 } as const;
  expect(lossRow(loss, 17)).toEqual({ time: 17, ...loss });
});
