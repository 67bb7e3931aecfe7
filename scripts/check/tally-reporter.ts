import { writeFileSync } from "node:fs";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import type { Named } from "./result.ts";
import { type Tally, tallyFileVariable } from "./tally.ts";

/** Counts tests, and also what vitest fails for without a test: files that do not load, errors that nobody caught. */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly { readonly message: string }[]): void {
    const cases = modules.flatMap((module) => [...module.children.allTests()]);
    const tally: Tally = {
      passed: cases.filter((test) => test.result().state === "passed").length,
      failed: [
        ...modules.flatMap(brokenModules),
        ...cases.filter((test) => test.result().state === "failed").map(failedTest),
        ...unhandled.map((error) => ({ title: "unhandled error", reason: firstLine(error.message) })),
      ],
      skipped: cases.filter((test) => ["skipped", "pending"].includes(test.result().state)).map(skippedTest),
    };
    const file = process.env[tallyFileVariable];
    if (file !== undefined) writeFileSync(file, JSON.stringify(tally));
  }
}

function brokenModules(module: TestModule): readonly Named[] {
  const errors = [...module.errors(), ...[...module.children.allSuites()].flatMap((suite) => suite.errors())];
  return errors.map((error) => ({ title: module.relativeModuleId, reason: firstLine(error.message) }));
}

function failedTest(test: TestCase): Named {
  return { title: titleOf(test), reason: firstLine(test.result().errors?.[0]?.message ?? "") };
}

function skippedTest(test: TestCase): Named {
  const result = test.result();
  return { title: titleOf(test), reason: result.state === "skipped" ? (result.note ?? "") : "did not run" };
}

function titleOf(test: TestCase): string {
  return `${test.module.relativeModuleId}: ${test.fullName}`;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
