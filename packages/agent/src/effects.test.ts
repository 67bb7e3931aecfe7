import { describe, expect, it } from "vitest";
import { Effects } from "./effects.ts";

const logged: string[] = [];
const log = { debug() {}, info() {}, warn() {}, error: (_: object, text?: string) => void logged.push(String(text)) };

describe("an effect", () => {
  it("is done once its plan is committed, and once only", () => {
    const done: string[] = [];
    const effects = new Effects(log);
    const [first, second] = [effects.after(() => done.push("first")), effects.after(() => done.push("second"))];
    expect(done).toEqual([]);
    effects.onCommitted(["alerts:x", second]);
    effects.onCommitted([second, first]);
    expect(done).toEqual(["second", "first"]);
  });

  it("that fails stops neither the ledger nor other effects", () => {
    const done: string[] = [];
    const effects = new Effects(log);
    const keys = [
      effects.after(() => {
        throw new Error("disk full");
      }),
      effects.after(() => done.push("next")),
    ];
    effects.onCommitted(keys);
    expect([done, logged.length]).toEqual([["next"], 1]);
  });

  it("that never comes to its commit is forgotten", () => {
    const done: number[] = [];
    const effects = new Effects(log);
    const keys = Array.from({ length: 1001 }, (_, index) => effects.after(() => done.push(index)));
    effects.onCommitted(keys);
    expect([done.length, done[0]]).toEqual([1000, 1]);
  });
});
