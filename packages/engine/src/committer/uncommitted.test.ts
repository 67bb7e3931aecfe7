import { expect, it } from "vitest";
import { grant, submission } from "../sqlite/committer.fixture.ts";
import type { Submission } from "../submission.ts";
import { Uncommitted } from "./uncommitted.ts";

const planned = (...earlier: Submission[]): Submission => ({
  ...submission({ changes: [grant("a", 0)] }),
  after: earlier,
});

it("takes everyone along who was planned on what does not stand, once, whenever they come", () => {
  const uncommitted = new Uncommitted();
  const [first, other] = [submission(), submission()];
  const [second, alone] = [planned(first), planned(other)];
  const third = planned(second, first);
  for (const one of [first, other, second, alone, third]) uncommitted.follow(one);
  uncommitted.add(first);
  expect([first, second, third].map((one) => uncommitted.has(one))).toEqual([true, true, true]);
  expect([other, alone].map((one) => uncommitted.has(one))).toEqual([false, false]);
  const late = planned(third);
  uncommitted.follow(late);
  expect(uncommitted.has(late)).toBe(true);
});
