import { writeFileSync } from "node:fs";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import type { Named, StepResult } from "./result.ts";
import { noPostgresVariable } from "../../test/postgres/variable.ts";
import { type Tally, tallyFileVariable } from "./tally.ts";

/** Counts tests by project, and also what vitest fails for without a test: files that do not load, errors that nobody caught. */
export default class TallyReporter implements Reporter {
  readonly #spans = new Map<string, { readonly from: number; to: number }>();

  onTestModuleStart({ project }: TestModule): void {
    const from = performance.now();
    if (!this.#spans.has(project.name)) this.#spans.set(project.name, { from, to: from });
  }

  onTestModuleEnd({ project }: TestModule): void {
    const span = this.#spans.get(project.name);
    if (span !== undefined) span.to = performance.now();
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly { readonly message: string }[]): void {
    const byProject = Map.groupBy(modules, ({ project }) => project.name);
    const tally: Tally = {
      projects: [...byProject].map(([name, ofProject]) => ({
        name,
        seconds: this.#seconds(name),
        ...count(ofProject),
      })),
      uncaught: unhandled.map((error) => ({ title: "unhandled error", reason: firstLine(error.message) })),
    };
    const file = process.env[tallyFileVariable];
    if (file !== undefined) writeFileSync(file, JSON.stringify(tally));
  }

  #seconds(project: string): number {
    const { from, to } = this.#spans.get(project) ?? { from: 0, to: 0 };
    return (to - from) / 1000;
  }
}

function count(modules: readonly TestModule[]): Pick<StepResult, "passed" | "failed" | "skipped"> {
  const cases = modules.flatMap((module) => [...module.children.allTests()]);
  return {
    passed: cases.filter((test) => test.result().state === "passed").length,
    failed: [
      ...modules.flatMap(brokenModules),
      ...cases.filter((test) => test.result().state === "failed").map(failedTest),
    ],
    skipped: cases.filter((test) => ["skipped", "pending"].includes(test.result().state)).map(skippedTest),
  };
}

function brokenModules(module: TestModule): readonly Named[] {
  const errors = [...module.errors(), ...[...module.children.allSuites()].flatMap((suite) => suite.errors())];
  return errors.map((error) => ({
    title: `${module.project.name} ${module.relativeModuleId}`,
    reason: firstLine(error.message),
  }));
}

function failedTest(test: TestCase): Named {
  return { title: titleOf(test), reason: firstLine(test.result().errors?.[0]?.message ?? "") };
}

function skippedTest(test: TestCase): Named {
  const result = test.result();
  const said = result.state === "skipped" ? result.note : "did not run";
  return { title: titleOf(test), reason: missingPostgres(test) ?? said ?? "" };
}

/** Why there was none, for tests of projects that need one; what they need beside it, nobody looked at. */
function missingPostgres({ project }: TestCase): string | undefined {
  return /-(postgres|plain)$/.test(project.name) ? process.env[noPostgresVariable] : undefined;
}

function titleOf(test: TestCase): string {
  return `${test.project.name} ${test.module.relativeModuleId}: ${test.fullName}`;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
