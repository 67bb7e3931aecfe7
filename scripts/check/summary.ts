import { type ChosenSteps, projects } from "./arguments.ts";
import { gates } from "./gates.ts";
import type { Named, StepResult } from "./result.ts";

/** Sums up what counts: tests and gates alike. */
export function counts(results: readonly StepResult[]): { passed: number; failed: number; skipped: number } {
  return {
    passed: results.reduce((sum, result) => sum + result.passed, 0),
    failed: results.reduce((sum, result) => sum + result.failed.length, 0),
    skipped: results.reduce((sum, result) => sum + result.skipped.length, 0),
  };
}

/** The table of steps, then by name what was skipped, what failed, and what was left out by narrowing. */
export function summary(results: readonly StepResult[], chosen: ChosenSteps): string {
  const leftOut = [...gates.map((gate) => gate.name), ...projects].filter(
    (name) => !chosen.gates.includes(name) && !chosen.projects.includes(name),
  );
  return [
    "\n── summary ──",
    ...results.map(row),
    ...list(
      "Skipped",
      results.flatMap((result) => result.skipped),
    ),
    ...list(
      "Failed",
      results.flatMap((result) => result.failed),
    ),
    ...(leftOut.length > 0 ? [`\nNot asked for: ${leftOut.join(", ")}`] : []),
    "",
  ].join("\n");
}

function row(result: StepResult): string {
  const { passed, failed, skipped } = counts([result]);
  const verdict = failed > 0 ? "FAILED" : passed > 0 ? "ok" : "skipped";
  const detail = projects.includes(result.name) ? `  ${passed} passed, ${failed} failed, ${skipped} skipped` : "";
  return `${result.name.padEnd(15)}${verdict.padEnd(9)}${result.seconds.toFixed(1).padStart(6)} s${detail}`;
}

function list(title: string, items: readonly Named[]): readonly string[] {
  if (items.length === 0) return [];
  return [`\n${title}:`, ...items.map((item) => `  ${item.title}${item.reason === "" ? "" : ` (${item.reason})`}`)];
}
