import { expect, test } from "vitest";
import { StateDiff } from "./state-diff.ts";

const module = (name: string, size = 1) => ({ name, size });

function diffAt() {
  const clock = { ms: 0 };
  return { clock, diff: new StateDiff("kernel_modules", () => clock.ms) };
}

test("all rows are told at first, then what is different, and all again after five minutes or a loss", () => {
  const { clock, diff } = diffAt();
  const all = [module("a"), module("b")];
  expect(diff.changes(all)).toEqual([{ table: "kernel_modules", snapshot: all }]);
  expect(diff.changes(all)).toEqual([]);
  expect(diff.changes([module("a", 2), module("c")])).toEqual([
    { table: "kernel_modules", gone: module("b") },
    { table: "kernel_modules", row: module("a", 2) },
    { table: "kernel_modules", row: module("c") },
  ]);
  clock.ms = 300_000;
  expect(diff.changes(all)).toEqual([{ table: "kernel_modules", snapshot: all }]);
  expect(diff.changes(all)).toEqual([]);
  diff.reset();
  expect(diff.changes(all)).toEqual([{ table: "kernel_modules", snapshot: all }]);
});

test("of two rows with one identity the last counts", () => {
  const { diff } = diffAt();
  expect(diff.changes([module("a", 1), module("a", 2)])).toEqual([
    { table: "kernel_modules", snapshot: [module("a", 2)] },
  ]);
});
