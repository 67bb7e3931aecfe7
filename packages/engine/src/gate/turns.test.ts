import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TakenTurns, Turns } from "./turns.ts";

const caller = () => {
  const ending = new AbortController();
  return { signal: ending.signal, leave: () => ending.abort() };
};

/** What has been reached so far, in order; the microtasks of everything before have run. */
async function reachedAfter(waits: Readonly<Record<string, Promise<void> | undefined>>, act: () => void) {
  const reached: string[] = [];
  for (const [name, wait] of Object.entries(waits)) void wait?.then(() => reached.push(name));
  act();
  for (let task = 0; task < 10; task++) await Promise.resolve();
  return reached;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("turns at a row", () => {
  test("are had at once by whoever finds nobody there, and by the others in the order in which they came", async () => {
    const turns = new Turns();
    const [one, two, three] = [1, 2, 3].map(() => new TakenTurns(turns, caller()));
    expect(one!.take("row")).toBeUndefined();
    expect(two!.take("other row")).toBeUndefined();
    const waits = { two: two!.take("row"), three: three!.take("row") };
    expect(await reachedAfter(waits, () => one!.giveBack())).toEqual(["two"]);
    expect(await reachedAfter({ three: waits.three }, () => two!.giveBack())).toEqual(["three"]);
    three!.giveBack();
    expect(turns.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("are not waited for by the attempt that has them, or that waits for them already", () => {
    const turns = new Turns();
    const [one, two] = [new TakenTurns(turns, caller()), new TakenTurns(turns, caller())];
    expect([one.take("row"), one.take("row")]).toEqual([undefined, undefined]);
    const wait = two.take("row");
    expect(two.take("row")).toBe(wait);
    one.giveBack();
    two.giveBack();
    expect(turns.size).toBe(0);
  });

  test("are passed over by whoever gives up while waiting, and taken no more by an attempt that is over", async () => {
    const turns = new Turns();
    const [one, two, three] = [1, 2, 3].map(() => new TakenTurns(turns, caller()));
    void one!.take("row");
    const waits = { two: two!.take("row"), three: three!.take("row") };
    expect(await reachedAfter(waits, () => two!.giveBack())).toEqual(["two"]);
    expect(two!.take("row")).toBeUndefined();
    two!.giveBack();
    expect(await reachedAfter({ three: waits.three }, () => one!.giveBack())).toEqual(["three"]);
    one!.giveBack();
    three!.giveBack();
    three!.giveBack();
    expect(turns.size).toBe(0);
  });
});

describe("a wait for a turn", () => {
  test("ends after a second, so that attempts which hold what the other waits for go on", async () => {
    const turns = new Turns();
    const [one, two] = [new TakenTurns(turns, caller()), new TakenTurns(turns, caller())];
    void one.take("a");
    void two.take("b");
    const waits = { one: one.take("b"), two: two.take("a") };
    expect(await reachedAfter(waits, () => vi.advanceTimersByTime(999))).toEqual([]);
    expect(await reachedAfter(waits, () => vi.advanceTimersByTime(1))).toEqual(["one", "two"]);
    expect(one.take("b")).toBe(waits.one);
    one.giveBack();
    two.giveBack();
    expect(turns.size).toBe(0);
  });

  test("ends when the caller goes away, or has gone before", async () => {
    const turns = new Turns();
    const [leaving, gone] = [caller(), caller()];
    gone.leave();
    const [one, two, three] = [caller(), leaving, gone].map((from) => new TakenTurns(turns, from));
    void one!.take("row");
    const waits = { two: two!.take("row"), three: three!.take("row") };
    expect(await reachedAfter(waits, () => {})).toEqual(["three"]);
    expect(await reachedAfter({ two: waits.two }, () => leaving.leave())).toEqual(["two"]);
    expect(vi.getTimerCount()).toBe(0);
    for (const taken of [one!, two!, three!]) taken.giveBack();
    expect(turns.size).toBe(0);
  });

  test("leaves nothing behind on the caller's signal once it has ended", async () => {
    const turns = new Turns();
    const from = caller();
    const removed = vi.spyOn(from.signal, "removeEventListener");
    const [one, two] = [new TakenTurns(turns, caller()), new TakenTurns(turns, from)];
    void one.take("row");
    expect(await reachedAfter({ two: two.take("row") }, () => one.giveBack())).toEqual(["two"]);
    expect(removed).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });
});
