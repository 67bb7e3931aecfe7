import { describe, expect, it } from "vitest";
import { RepeatedExits } from "./repeated-exits.ts";

describe("ends of processes", () => {
  it("count once, though two threads told of it", () => {
    const exits = new RepeatedExits();
    expect([exits.isRepeated(5, 100n), exits.isRepeated(5, 100n)]).toEqual([false, true]);
  });

  it("count again for the next process of the same number", () => {
    const exits = new RepeatedExits();
    expect([exits.isRepeated(5, 100n), exits.isRepeated(5, 200n), exits.isRepeated(5, 200n)]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it("are forgotten, oldest first, when there are many", () => {
    const exits = new RepeatedExits();
    for (let pid = 1; pid <= 1025; pid += 1) exits.isRepeated(pid, 1n);
    expect([exits.isRepeated(1025, 1n), exits.isRepeated(2, 1n), exits.isRepeated(1, 1n)]).toEqual([true, true, false]);
  });
});
