import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Group, placeInGroup } from "./grouping.ts";

const WINDOW = 60_000;

describe("grouping", () => {
  test("the first is told at once and opens a window", () => {
    expect(placeInGroup({}, 2, 1_000, WINDOW)).toEqual({
      kind: "start",
      releaseAt: 1_000,
      window: { endsAt: 61_000, rank: 2 },
    });
  });

  test("the next within the window waits for its end, and those after it join it", () => {
    const window = { endsAt: 61_000, rank: 2 };
    expect(placeInGroup({ window }, 2, 5_000, WINDOW)).toEqual({
      kind: "start",
      releaseAt: 61_000,
      window: { endsAt: 121_000, rank: 2 },
    });
    expect(placeInGroup({ window: { endsAt: 121_000, rank: 2 }, waitingRank: 2 }, 2, 9_000, WINDOW)).toEqual({
      kind: "join",
    });
  });

  test("after the window, one is told at once again", () => {
    expect(placeInGroup({ window: { endsAt: 61_000, rank: 2 } }, 2, 61_000, WINDOW)).toMatchObject({
      releaseAt: 61_000,
      window: { endsAt: 121_000 },
    });
  });

  test("one that is severer waits for none, and is not hidden in one that is less", () => {
    const group = { window: { endsAt: 61_000, rank: 2 }, waitingRank: 2 };
    expect(placeInGroup(group, 4, 5_000, WINDOW)).toMatchObject({ kind: "start", releaseAt: 5_000 });
  });

  test("one that waits although its window is over, because its sink is away, takes in more", () => {
    expect(placeInGroup({ waitingRank: 3 }, 3, 900_000, WINDOW)).toEqual({ kind: "join" });
  });

  test("without a window nothing is grouped", () => {
    expect(placeInGroup({ waitingRank: 3 }, 3, 5, 0)).toMatchObject({ kind: "start", releaseAt: 5 });
  });

  test("a window that another clock wrote ends no later than one can", () => {
    expect(placeInGroup({ window: { endsAt: 10 ** 15, rank: 2 } }, 2, 1_000, WINDOW)).toMatchObject({
      releaseAt: 61_000,
    });
  });
});

test("of any sequence, each is told within a window, and all are counted", () => {
  const arrivals = fc.array(
    fc.record({ wait: fc.integer({ min: 0, max: 30_000 }), rank: fc.integer({ min: 0, max: 4 }) }),
    {
      maxLength: 100,
    },
  );
  fc.assert(
    fc.property(arrivals, (steps) => {
      let now = 0;
      let hidden = false;
      let late = false;
      let window: Group["window"];
      const deliveries: { releaseAt: number; rank: number; count: number }[] = [];
      for (const { wait, rank } of steps) {
        now += wait;
        const waiting = deliveries.findLast(({ releaseAt }) => releaseAt > now);
        const known = { ...(window && { window }), ...(waiting && { waitingRank: waiting.rank }) };
        const placement = placeInGroup(known, rank, now, WINDOW);
        if (placement.kind === "join") {
          hidden ||= waiting!.rank < rank;
          waiting!.count += 1;
        } else {
          ({ window } = placement);
          late ||= placement.releaseAt > now + WINDOW;
          deliveries.push({ releaseAt: placement.releaseAt, rank, count: 1 });
        }
      }
      expect({ hidden, late }).toEqual({ hidden: false, late: false });
      expect(deliveries.reduce((sum, { count }) => sum + count, 0)).toBe(steps.length);
    }),
  );
});
