import { type RunnerTestFile, type RunnerTask, TestRunner } from "vitest";
import { noPostgresVariable } from "./variable.ts";

/** Where no PostgreSQL can be had, skips every test by name, before a hook would need one. */
export default class SkipRunner extends TestRunner {
  onBeforeRunFiles(files: readonly RunnerTestFile[]): void {
    const reason = process.env[noPostgresVariable];
    if (reason !== undefined) for (const file of files) skip(file, reason);
  }
}

function skip(task: RunnerTask, note: string): void {
  task.mode = "skip";
  // As vitest's own `skip(note)` leaves it; the note is not in its types.
  task.result = Object.assign({ state: "skip" } as const, { note });
  if (task.type === "suite") for (const child of task.tasks) skip(child, note);
}
