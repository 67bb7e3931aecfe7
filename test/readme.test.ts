import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runTour } from "../scripts/readme/run-tour.ts";

test("every command of the README's tour prints what the README says", { timeout: 120_000 }, async () => {
  const steps = await runTour(await readFile(join(import.meta.dirname, "..", "README.md"), "utf8"));
  expect(steps.length).toBeGreaterThan(10);
  const differing = steps.filter((step) => !step.matches);
  expect(differing.map(({ line, command, actual }) => ({ line, command, actual }))).toEqual([]);
});
