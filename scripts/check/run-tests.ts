import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChosenSteps } from "./arguments.ts";
import { command } from "./command.ts";
import { heading } from "./heading.ts";
import type { Named, StepResult } from "./result.ts";
import { type Tally, tallyFileVariable } from "./tally.ts";

/** Runs the tests; in a whole run the coverage that they reached is a step of its own. */
export async function runTests(chosen: ChosenSteps): Promise<readonly StepResult[]> {
  heading("tests", chosen.projects.join(", "));
  const folder = await mkdtemp(join(tmpdir(), "holdfast-check-"));
  const file = join(folder, "tally.json");
  const started = performance.now();
  try {
    const ended = await command(vitest(chosen), { [tallyFileVariable]: file });
    return judge(chosen, ended, await readTally(file), (performance.now() - started) / 1000);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function vitest({ projects, isWhole, vitest: rest }: ChosenSteps): readonly string[] {
  return [
    "vitest",
    "run",
    "--reporter=default",
    "--reporter=./scripts/check/tally-reporter.ts",
    ...projects.map((project) => `--project=${project}`),
    ...(isWhole ? ["--coverage"] : []),
    ...rest,
  ];
}

async function readTally(file: string): Promise<Tally | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Tally);
}

function judge(
  chosen: ChosenSteps,
  ended: number | string,
  tally: Tally | undefined,
  seconds: number,
): readonly StepResult[] {
  if (tally === undefined) {
    const failed = [{ title: "tests", reason: `vitest ended with ${ended} before it could report` }];
    return [{ name: "tests", seconds, passed: 0, failed, skipped: [] }];
  }
  const { projects, uncaught } = tally;
  const inOrder = chosen.projects.flatMap((name) => projects.filter((project) => project.name === name));
  const tests = [...inOrder, ...(uncaught.length > 0 ? [refusal("tests", uncaught)] : [])];
  const holds = tests.every((result) => result.failed.length === 0);
  const missed = [
    { title: chosen.isWhole ? "coverage" : "vitest", reason: `vitest ended with ${ended}; why is above` },
  ];
  if (ended !== 0 && holds) return [...tests, refusal(chosen.isWhole ? "coverage" : "vitest", missed)];
  return chosen.isWhole ? [...tests, coverage(holds)] : tests;
}

function coverage(isJudged: boolean): StepResult {
  const skipped = isJudged ? [] : [{ title: "coverage", reason: "not judged while tests fail" }];
  return { name: "coverage", seconds: 0, passed: isJudged ? 1 : 0, failed: [], skipped };
}

function refusal(name: string, failed: readonly Named[]): StepResult {
  return { name, seconds: 0, passed: 0, failed, skipped: [] };
}
