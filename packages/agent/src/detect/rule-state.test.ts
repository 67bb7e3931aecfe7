import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  caughtUpState,
  changedState,
  decodeState,
  encodeState,
  failedState,
  newState,
  succeededState,
  tooMuch,
} from "./rule-state.ts";

describe("what is remembered of a rule", () => {
  it("comes back as it was", () => {
    const fresh = newState("print", 7);
    const failed = failedState({ ...fresh, watermark: undefined }, "too slow", 100, 1);
    for (const state of [fresh, failed]) expect(decodeState(encodeState(state))).toEqual(state);
  });

  it("is nothing when it is damaged, so that the rule is a new one", () => {
    const whole = newState("print", 7);
    for (const text of ["", "null", "[]", "{}", '"x"', encodeState(whole).slice(1)])
      expect(decodeState(text)).toBeUndefined();
    for (const over of [{ watermark: "7" }, { failures: 1.5 }, { fingerprint: 1 }, { disabled: { reason: 1 } }]) {
      expect(decodeState(JSON.stringify({ ...whole, ...over }))).toBeUndefined();
    }
    fc.assert(fc.property(fc.json(), (text) => decodeState(text) === undefined));
  });

  it("keeps how far a rule was when it reads differently, and forgets its failures", () => {
    const failed = failedState(newState("before", 7), "too slow", 100, 1);
    expect(changedState(failed, "after")).toEqual({ ...newState("after", 7), epoch: 1 });
  });
});

describe("a rule that fails", () => {
  it("is given less, and waits longer, until it is switched off with the reason", () => {
    let state = newState("print", 0);
    const seen: (number | undefined)[][] = [];
    for (let times = 0; times < 8; times++) {
      state = failedState(state, "too slow", 1_000, 8);
      seen.push([state.rowLimit, state.retryAt - 1_000]);
    }
    expect(seen).toEqual([
      [4_096, 2],
      [1_024, 4],
      [256, 8],
      [64, 16],
      [16, 32],
      [4, 64],
      [1, 64],
      [1, 64],
    ]);
    expect(state.disabled).toEqual({ reason: "It failed 8 times in a row; the last time: too slow", at: 1_000 });
  });

  it("is given more again when it succeeds, at last all there is", () => {
    let state = tooMuch(newState("print", 0), 300);
    expect(state.rowLimit).toBe(300);
    const limits: (number | undefined)[] = [];
    for (let times = 0; times < 13; times++) {
      state = caughtUpState(succeededState(state, times));
      limits.push(state.rowLimit);
    }
    expect(limits.slice(0, 2)).toEqual([600, 1_200]);
    expect(limits.at(-1)).toBeUndefined();
  });
});
