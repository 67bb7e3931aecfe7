import fc from "fast-check";
import { expect, it } from "vitest";
import { FootprintWindow } from "./footprint-window.ts";

it("finds the first key that changed at or after the size a plan began at", () => {
  const window = new FootprintWindow(0);
  window.record(["a", "b"], 4);
  window.record(["a"], 9);
  expect(window.changedSince(["c", "b", "a"], 4)).toBe("b");
  expect(window.changedSince(["b", "a"], 5)).toBe("a");
  expect(window.changedSince(["a"], 10)).toBeUndefined();
  expect(window.changedSince([], 0)).toBeUndefined();
});

it("calls every plan stale that began before what it still remembers", () => {
  const window = new FootprintWindow(0, 2);
  for (const [seq, key] of ["a", "b", "c"].entries()) window.record([key], seq);
  expect(window.floor).toBe(1);
  expect(window.changedSince(["z"], 0)).toBe("z");
  expect(window.changedSince(["z"], 1)).toBeUndefined();
  window.forgetBefore(7);
  expect(window.changedSince(["z"], 6)).toBe("z");
  expect(window.changedSince(["a"], 7)).toBeUndefined();
});

it("never misses a change, however little it remembers", () => {
  const key = fc.constantFrom("a", "b", "c", "d", "e");
  fc.assert(
    fc.property(
      fc.array(key, { maxLength: 30 }),
      fc.nat(30),
      key,
      fc.integer({ min: 1, max: 4 }),
      (writes, seen, read, maxKeys) => {
        const window = new FootprintWindow(0, maxKeys);
        for (const [seq, written] of writes.entries()) window.record([written], seq);
        const isChanged = writes.lastIndexOf(read) >= seen;
        const found = window.changedSince([read], seen);
        expect(found === read || (!isChanged && found === undefined)).toBe(true);
        expect(isChanged || seen < window.floor || found === undefined).toBe(true);
      },
    ),
  );
});
