import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll } from "vitest";

const MAX_WAIT_MS = 15_000;
const PAUSE_MS = 25;

/**
 * Processes that a test started write what they covered as they end, and the coverage provider reads those files when the
 * test file is over: a file still being written would be an error that nobody caught. One that stays cut off belongs to a
 * process that was killed while it wrote.
 */
afterAll(async () => {
  const folder = process.env["NODE_V8_COVERAGE"];
  if (folder === undefined || !existsSync(folder)) return;
  const lastWait = Date.now() + MAX_WAIT_MS;
  while (unfinishedIn(folder).length > 0 && Date.now() < lastWait) await pause(PAUSE_MS);
  for (const path of unfinishedIn(folder)) rmSync(path);
}, MAX_WAIT_MS * 2);

function unfinishedIn(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return names.map((name) => join(folder, name)).filter((path) => !isWhole(path));
}

function isWhole(path: string): boolean {
  try {
    JSON.parse(readFileSync(path, "utf8"));
    return true;
  } catch {
    return false;
  }
}
