import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compiledVariable } from "./variables.ts";

/** Each project loads this module for itself, so what they share lies with the process. */
const place = process as { holdfastCompiled?: string };

/**
 * Vitest calls this once for each project that has a file to run. What threads and processes of tests compiled is there
 * for those after them: else each of them takes the types out of every source anew.
 */
export function setup(): void {
  place.holdfastCompiled ??= folderOfThisRun();
  process.env[compiledVariable] = place.holdfastCompiled;
}

/** Processes write what they compiled as they end, and those that run tests end last. */
function folderOfThisRun(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-compiled-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
