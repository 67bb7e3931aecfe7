import fc from "fast-check";
import { expect, test } from "vitest";
import { editDistance, nearMiss } from "./near-miss.ts";

const known = ["read", "write", "delete", "processes", "process_events"] as const;

test.each([
  ["READ ", "read"],
  ["wirte", "write"],
  ["procesess", "processes"],
  ["process_event", "process_events"],
  ["deleting", undefined],
  ["r", undefined],
  ["", undefined],
  ["x".repeat(33), undefined],
])("%j was meant as %s", (text, meant) => {
  expect(nearMiss(text, known)).toBe(meant);
});

test("what counts as plain can be said", () => {
  const withoutDashes = (text: string) => text.toLowerCase().replaceAll(/[\s_-]/g, "");
  expect(nearMiss("Process-Events", known, withoutDashes)).toBe("process_events");
});

test("of several that are as near, the first one was meant", () => {
  expect(nearMiss("cat", ["bat", "hat"])).toBe("bat");
});

/** The same by its definition, trying every way. */
function slowDistance(from: string, to: string): number {
  if (from === "" || to === "") return from.length + to.length;
  const [restFrom, restTo] = [from.slice(0, -1), to.slice(0, -1)];
  const isSwap = from.length > 1 && to.length > 1 && from.at(-1) === to.at(-2) && from.at(-2) === to.at(-1);
  return Math.min(
    slowDistance(restFrom, to) + 1,
    slowDistance(from, restTo) + 1,
    slowDistance(restFrom, restTo) + (from.at(-1) === to.at(-1) ? 0 : 1),
    isSwap ? slowDistance(from.slice(0, -2), to.slice(0, -2)) + 1 : Number.POSITIVE_INFINITY,
  );
}

test("the distance is the one that trying every way finds", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 5 });
  fc.assert(
    fc.property(word, word, (from, to) => {
      expect(editDistance(from, to)).toBe(slowDistance(from, to));
    }),
  );
});
