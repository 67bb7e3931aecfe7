import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateFolder } from "../../state/state-folder.ts";

const MAX_LINES = 1000;
const MAX_BYTES = 1024 * 1024;

/** Statements typed before, newest first, as readline wants them; none when they cannot be read. */
export function loadHistory(env: Readonly<NodeJS.ProcessEnv>): string[] {
  try {
    const text = readFileSync(fileOf(env), "utf8").slice(-MAX_BYTES);
    return text
      .split("\n")
      .filter((line) => line !== "")
      .slice(-MAX_LINES)
      .reverse();
  } catch {
    return [];
  }
}

/** Keeps them for the next time, for this user alone: a statement may hold what was looked for. */
export function saveHistory(newestFirst: readonly string[], env: Readonly<NodeJS.ProcessEnv>): void {
  const lines = newestFirst.slice(0, MAX_LINES).map((line) => `${line.replaceAll("\n", " ")}\n`);
  const file = fileOf(env);
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, lines.reverse().join(""), { mode: 0o600 });
  renameSync(fresh, file);
}

const fileOf = (env: Readonly<NodeJS.ProcessEnv>): string => join(stateFolder(env), "query-history");
