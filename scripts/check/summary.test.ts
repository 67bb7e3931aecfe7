import { expect, test } from "vitest";
import { chooseSteps } from "./arguments.ts";
import type { StepResult } from "./result.ts";
import { counts, summary } from "./summary.ts";

const results: readonly StepResult[] = [
  { name: "types", seconds: 1, passed: 1, failed: [], skipped: [] },
  {
    name: "unit",
    seconds: 2,
    passed: 40,
    failed: [{ title: "a.test.ts: opens", reason: "expected 1" }],
    skipped: [{ title: "b.test.ts: vectors hold", reason: "no vectors here" }],
  },
];

test("gates and tests are counted alike", () => {
  expect(counts(results)).toEqual({ passed: 41, failed: 1, skipped: 1 });
});

test("each project of tests has a line with its counts and its time", () => {
  const text = summary(results, chooseSteps(["--only", "types,unit"]));
  expect(text).toMatch(/^unit +FAILED +2\.0 s {2}40 passed, 1 failed, 1 skipped$/m);
  expect(text).toMatch(/^types +ok +1\.0 s$/m);
});

test("what was skipped and what failed is named, with the reason", () => {
  const text = summary(results, chooseSteps(["--only", "types,unit"]));
  expect(text).toContain("Skipped:\n  b.test.ts: vectors hold (no vectors here)");
  expect(text).toContain("Failed:\n  a.test.ts: opens (expected 1)");
});

test("a narrowed run says what it left out", () => {
  const text = summary(results, chooseSteps(["--only", "types,unit"]));
  expect(text).toContain(
    "Not asked for: format, lint, boundaries, dead-code, repository, unit-postgres, e2e, e2e-postgres",
  );
});
