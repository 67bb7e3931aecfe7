import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { withoutTypes } from "./without-types.ts";

/** Where the program stands that the executor's process runs. */
export interface ChildProgram {
  readonly folder: string;
  /** Locks down what can be locked before exec, and executes `entry`. */
  readonly launcher: string;
  readonly entry: string;
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const LAUNCHER = new URL("executor-launch.ts", import.meta.url);
/** What runs in the executor's process; in a bundle, a file of JavaScript beside it. */
export const ENTRY: URL = new URL("executor-child.ts", import.meta.url);
const IMPORTS = /\bfrom "(\.{1,2}\/[^"]+)\.ts"/g;

/**
 * Writes the child's modules as JavaScript into a private folder, and looks at them before each start. Node would strip
 * the types by itself, with a compiler that costs every process that does so 12 MB and needs code made at run time, which
 * is one of the things that the child must not be able to do.
 */
export function prepareProgram(folder: string, entry: URL): ChildProgram {
  const written = new Set<string>();
  const [launcher, child] = [LAUNCHER, entry].map((url) => write(fileURLToPath(url), folder, written));
  return { folder, launcher: launcher!, entry: child! };
}

/** Writes a module and what it imports; returns where it stands now. */
function write(source: string, folder: string, written: Set<string>): string {
  const target = join(folder, relative(ROOT, source)).replace(/\.ts$/, ".mjs");
  if (written.has(source)) return target;
  written.add(source);
  const code = withoutTypes(readFileSync(source, "utf8"));
  for (const [, path] of code.matchAll(IMPORTS)) write(join(dirname(source), `${path}.ts`), folder, written);
  writeIfOther(target, code.replace(IMPORTS, 'from "$1.mjs"'));
  return target;
}

/** A full disk keeps no executor from starting that has started before. */
function writeIfOther(path: string, text: string): void {
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // Two executors may start at once: each reads a whole file.
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, text, { mode: 0o600 });
  renameSync(fresh, path);
}
