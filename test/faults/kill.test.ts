import { expect, test } from "vitest";
import { killRounds } from "./kill/rounds.ts";

test("killed twenty times under load, a server keeps every acknowledged write, and each change has its entry", async () => {
  const totals = await killRounds({ rounds: 20, seed: 20 });
  expect(totals.rounds).toBe(20);
  expect(totals.acknowledged).toBeGreaterThan(500);
  expect(totals.inDoubt).toBeGreaterThan(20);
});
