import { type RunnerTask, type RunnerTestFile, TestRunner } from "vitest";
import { noPostgresVariable } from "./variable.ts";

/** Where no PostgreSQL can be had, skips every test, before a hook would need one; the tally says why. */
export default class SkipRunner extends TestRunner {
  onBeforeRunFiles(files: readonly RunnerTestFile[]): void {
    if (process.env[noPostgresVariable] !== undefined) for (const file of files) skip(file);
  }
}

function skip(task: RunnerTask): void {
  task.mode = "skip";
  if (task.type === "suite") for (const child of task.tasks) skip(child);
}
