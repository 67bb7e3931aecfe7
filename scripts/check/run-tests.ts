import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChosenSteps } from "./arguments.ts";
import { command } from "./command.ts";
import { heading } from "./heading.ts";
import type { StepResult } from "./result.ts";
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
  const tests: StepResult = { name: "tests", seconds, ...tally };
  const onlyCoverage = ended !== 0 && tally.failed.length === 0;
  if (!chosen.isWhole) return onlyCoverage ? [tests, refused("vitest", ended)] : [tests];
  if (onlyCoverage) return [tests, refused("coverage", ended)];
  if (tally.failed.length === 0) return [tests, { name: "coverage", seconds: 0, passed: 1, failed: [], skipped: [] }];
  const skipped = [{ title: "coverage", reason: "not judged while tests fail" }];
  return [tests, { name: "coverage", seconds: 0, passed: 0, failed: [], skipped }];
}

function refused(name: string, ended: number | string): StepResult {
  const failed = [{ title: name, reason: `vitest ended with ${ended}; what it misses is above` }];
  return { name, seconds: 0, passed: 0, failed, skipped: [] };
}
