import { expect, test } from "vitest";
import { StoreUpkeep } from "./upkeep.ts";

const DAY_MS = 86_400_000;
const MAX_AGE_SECONDS = 7 * 86_400;

function upkeepAt(startMs: number) {
  const clock = { now: startMs, monotonic: 0 };
  const state = { rowsSinceCheckpoint: 0, isMoreDue: false };
  const did: (string | number | undefined)[] = [];
  const store = {
    prune: (before: number | undefined) => {
      did.push(before);
      return { byAge: 0, bySize: 0, isMoreDue: state.isMoreDue };
    },
    checkpoint: () => void did.push("checkpoint"),
    readings: () => ({ bytes: 0, walBytes: 0, bytesInUse: 0, prunedByAge: 0, prunedBySize: 0, ...state }),
  };
  const upkeep = new StoreUpkeep({
    store,
    maxAgeSeconds: MAX_AGE_SECONDS,
    now: () => clock.now,
    monotonicMs: () => clock.monotonic,
  });
  const pass = (ms: number) => {
    clock.now += ms;
    clock.monotonic += ms;
  };
  const step = (isQuiet = false) => {
    did.length = 0;
    upkeep.step(isQuiet);
    return [...did];
  };
  return { clock, state, pass, step };
}

test("old events go once a minute, and at each step while there are more", () => {
  const { state, pass, step } = upkeepAt(10 * DAY_MS);
  state.isMoreDue = true;
  expect(step()).toEqual([3 * 86_400]);
  state.isMoreDue = false;
  expect(step()).toEqual([3 * 86_400]);
  expect(step()).toEqual([]);
  pass(60_000);
  expect(step()).toEqual([3 * 86_400 + 60]);
});

test("after the clock was set anew nothing goes by its age for a day: a wrong clock must not erase what was seen", () => {
  const { clock, pass, step } = upkeepAt(10 * DAY_MS);
  step();
  clock.now += 3_650 * DAY_MS;
  pass(60_000);
  expect(step()).toEqual([undefined]);
  pass(DAY_MS / 2);
  expect(step()).toEqual([undefined]);
  pass(DAY_MS / 2);
  expect(step()).toHaveLength(1);
  expect(step()).not.toContain(undefined);
});

test("a checkpoint waits for a quiet moment and for rows enough, or for five minutes", () => {
  const { state, pass, step } = upkeepAt(0);
  step();
  expect(step(true)).toEqual([]);
  state.rowsSinceCheckpoint = 10;
  expect(step(true)).toEqual([]);
  state.rowsSinceCheckpoint = 10_000;
  expect(step(false)).toEqual([]);
  expect(step(true)).toEqual(["checkpoint"]);
  state.rowsSinceCheckpoint = 1;
  pass(299_000);
  expect(step(true)).not.toContain("checkpoint");
  pass(1_000);
  expect(step(true)).toContain("checkpoint");
});
