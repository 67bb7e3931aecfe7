import { describe, expect, it } from "vitest";
import { grant, submission, ungrant } from "../sqlite/committer.fixture.ts";
import type { Submission } from "../submission.ts";
import { FootprintWindow } from "./footprint-window.ts";
import { missBefore } from "./miss-before.ts";
import { planBatch } from "./plan-batch.ts";
import { Uncommitted } from "./uncommitted.ts";

const after = (changes: Submission["changes"], ...earlier: Submission[]): Submission => ({
  ...submission(),
  changes,
  after: earlier,
});
function following(...submissions: readonly Submission[]): Uncommitted {
  const uncommitted = new Uncommitted();
  for (const submission of submissions) uncommitted.follow(submission);
  return uncommitted;
}

const itemsOf = (...submissions: readonly Submission[]) => submissions.map((one) => ({ submission: one }));

describe("a submission that was planned on a queued row", () => {
  it("is told to the writer as coming after the one that queued it", () => {
    const first = submission({ changes: [grant("a", 0)] });
    const second = after(first.changes, first);
    const { planned } = planBatch(
      itemsOf(first, submission(), second),
      new FootprintWindow(0),
      following(first, second),
    );
    expect(planned.map((one) => one.after)).toEqual([[], [], [0]]);
  });

  it("needs nothing of one that was committed with an earlier batch", () => {
    const earlier = submission({ changes: [grant("a", 0)] });
    const later = after(earlier.changes, earlier);
    const { planned } = planBatch(itemsOf(later), new FootprintWindow(0), following(earlier, later));
    expect(planned).toMatchObject([{ after: [] }]);
  });

  it("was planned on nothing when that one is stale, or never came to stand, and so was whoever planned on it in turn", () => {
    const window = new FootprintWindow(0);
    window.record(["credential:x"], 5);
    const stale = submission({ changes: [grant("a", 0)], reads: ["credential:x"] });
    const second = after(stale.changes, stale);
    const refusal = after([], second);
    const uncommitted = following(stale, second, refusal);
    const { planned, baseless } = planBatch(itemsOf(stale, second, refusal), window, uncommitted);
    expect(planned).toEqual([]);
    expect(baseless.map(({ table }) => table)).toEqual(["grants", "none"]);
    const later = after(stale.changes, second);
    uncommitted.follow(later);
    expect(planBatch(itemsOf(later), window, uncommitted).baseless).toHaveLength(1);
  });

  it("names the table of a row that it would have deleted", () => {
    const first = submission({ changes: [grant("a", 0)] });
    const second = after(submission({ changes: [ungrant("a", 1)] }).changes, first);
    const uncommitted = following(first, second);
    uncommitted.add(first);
    expect(planBatch(itemsOf(second), new FootprintWindow(0), uncommitted).baseless).toMatchObject([
      { table: "grants" },
    ]);
  });

  it("conflicts in the writer when that one did not stand, and is judged by itself when it did", () => {
    const { changes } = submission({ changes: [grant("a", 0)] });
    const planned = { changes, after: [0], unless: [] };
    expect(missBefore(planned, 1, new Set([0]))).toEqual({ index: 1, status: "conflict", table: "grants" });
    expect(missBefore(planned, 1, new Set())).toBeUndefined();
    expect(missBefore({ changes, after: [], unless: [0] }, 1, new Set())).toEqual({ index: 1, status: "stale", by: 0 });
  });
});
