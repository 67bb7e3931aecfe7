import { expect, test } from "vitest";
import { matchOutput } from "./match-output.ts";

test("equal lines match, and characters of regular expressions are only characters", () => {
  expect(matchOutput(["a.b (1)"], ["a.b (1)"])).toBe(true);
  expect(matchOutput(["a.b"], ["axb"])).toBe(false);
});

test("<word> stands for one run without a blank, … for anything in a line", () => {
  expect(matchOutput(["root <hash> at <time>"], ["root 9f86 at 12:00"])).toBe(true);
  expect(matchOutput(["root <hash>"], ["root 9f 86"])).toBe(false);
  expect(matchOutput(["root … end"], ["root 9f 86 end"])).toBe(true);
});

test("… alone on a line stands for any number of lines", () => {
  expect(matchOutput(["a", "…", "d"], ["a", "b", "c", "d"])).toBe(true);
  expect(matchOutput(["a", "…"], ["a"])).toBe(true);
  expect(matchOutput(["a", "…", "d"], ["a", "b"])).toBe(false);
});

test("a line too many or too few is a difference", () => {
  expect(matchOutput(["a"], ["a", "b"])).toBe(false);
  expect(matchOutput(["a", "b"], ["a"])).toBe(false);
});
