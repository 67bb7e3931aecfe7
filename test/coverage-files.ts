import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll } from "vitest";

const MAX_WAIT_MS = 15_000;
const PAUSE_MS = 25;
const CLOSING_BRACE = 0x7d;
const PAGE_BYTES = 4_096;

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

/** Cut off is what ends in the middle, and that is where a page ends: only there the whole has to be read to know. */
function isWhole(path: string): boolean {
  try {
    const bytes = readFileSync(path);
    if (bytes.at(-1) !== CLOSING_BRACE) return false;
    if (bytes.length % PAGE_BYTES !== 0) return true;
    JSON.parse(bytes.toString());
    return true;
  } catch {
    return false;
  }
}
