import { expect, it } from "vitest";
import { stage } from "../../context.fixture.ts";
import { moveProgress } from "./move-progress.ts";

const steps = [
  { step: "verify the source", noun: "entries", done: 1, size: 4 },
  { step: "copy", noun: "entries", done: 2, size: 4 },
  { step: "copy", noun: "tenants", done: 3, size: 4 },
  { step: "verify the target", noun: "entries", done: 4, size: 4 },
] as const;

function shown(isTerminal: boolean): string {
  const staged = stage({ isTerminal });
  const bar = moveProgress(staged.context.output);
  for (const step of steps) bar.show(step);
  bar.end();
  return staged.err();
}

it("says on a terminal what is counted, and leaves no line behind", () => {
  const lines = shown(true).split("\r");
  expect(lines).toEqual([
    "",
    "1 of 4 entries of the source verified (25 %)",
    "\u001b[K",
    "2 of 4 entries copied (50 %)",
    "\u001b[K",
    "3 of 4 rows of tenants copied (75 %)",
    "\u001b[K",
    "4 of 4 entries of the copy verified (100 %)",
    "\u001b[K",
  ]);
});

it("says nothing elsewhere", () => {
  expect(shown(false)).toBe("");
});
