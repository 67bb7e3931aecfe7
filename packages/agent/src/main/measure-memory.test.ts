import { expect, test } from "vitest";
import { measureMemory } from "./measure-memory.ts";

const PROGRAM_BYTES = 30;

/** Looks at an agent that uses so many of 100 bytes beside its program; what each look did, and what it found. */
function looksAt(...uses: readonly number[]): string[] {
  let done: string[] = [];
  let programBytes = PROGRAM_BYTES;
  let used = 0;
  const measure = measureMemory(100, {
    giveBackFree: () => void done.push("free"),
    giveBackProgram() {
      done.push("program");
      programBytes = 0;
    },
    memoryOfTree: () => ({ bytes: used + programBytes, measure: "pss", processes: 2 }),
  });
  return uses.map((bytes) => {
    done = [];
    used = bytes;
    const found = measure().bytes;
    programBytes = PROGRAM_BYTES;
    return `${done.join(" ")} ${found}`;
  });
}

test("what is free goes before each look, and the program once, when the start is over", () => {
  expect(looksAt(10, 10, 10, 10)).toEqual(["free 40", "free 40", "free program 10", "free 40"]);
});

test("from 80 % of the budget on the program gives way, and what is left is what counts", () => {
  expect(looksAt(49, 50, 10, 70, 95)).toEqual([
    "free 79",
    "free program 50",
    "free program 10",
    "free program 70",
    "free program 95",
  ]);
});
