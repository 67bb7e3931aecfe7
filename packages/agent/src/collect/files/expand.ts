import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { DEEP, fitsPart, isWild, partsOf } from "./pattern.ts";

/** Folders below a folder are followed so deep; links to folders never are, so that none leads in a circle. */
const MAX_DEPTH = 12;

export interface ExpandOptions {
  /** Folder that stands for `/`. */
  readonly root: string;
  readonly maxFiles: number;
  readonly signal: AbortSignal;
  /** Told of each folder whose names matter. */
  readonly onFolder: (folder: string) => void;
}

/** The paths that a pattern names now; those without wild parts are named whether there is something or not. */
export async function* expand(pattern: string, options: ExpandOptions): AsyncGenerator<string> {
  yield* below("", partsOf(pattern), options);
}

async function* below(folder: string, parts: readonly string[], options: ExpandOptions): AsyncGenerator<string> {
  options.signal.throwIfAborted();
  const [part, ...rest] = parts;
  if (part === undefined) return;
  if (part === DEEP) yield* deep(folder, rest, options, 0);
  else if (isWild(part)) yield* wild(folder, part, rest, options);
  else if (rest.length > 0) yield* below(`${folder}/${part}`, rest, options);
  else yield* named(`${folder}/${part}`, options);
}

async function* wild(
  folder: string,
  part: string,
  rest: readonly string[],
  options: ExpandOptions,
): AsyncGenerator<string> {
  for (const entry of await entriesOf(folder, options)) {
    if (!fitsPart(part, entry.name)) continue;
    const path = `${folder}/${entry.name}`;
    if (rest.length === 0) yield path;
    else if (entry.isDirectory() || entry.isSymbolicLink()) yield* below(path, rest, options);
  }
}

/** Everything below a folder, or what the rest of the pattern names in it and in each folder below. */
async function* deep(
  folder: string,
  rest: readonly string[],
  options: ExpandOptions,
  depth: number,
): AsyncGenerator<string> {
  if (rest.length > 0) yield* below(folder, rest, options);
  if (depth >= MAX_DEPTH) return;
  for (const entry of await entriesOf(folder, options)) {
    const path = `${folder}/${entry.name}`;
    if (rest.length === 0) yield path;
    if (entry.isDirectory()) yield* deep(path, rest, options, depth + 1);
  }
}

/** A path that is said outright; a folder stands for everything in it. */
async function* named(path: string, options: ExpandOptions): AsyncGenerator<string> {
  yield path;
  const stat = await lstat(options.root + path).catch(() => undefined);
  if (stat?.isDirectory() === true) yield* deep(path, [], options, 0);
  else options.onFolder(path.slice(0, path.lastIndexOf("/")) || "/");
}

async function entriesOf(folder: string, { root, maxFiles, onFolder, signal }: ExpandOptions): Promise<Dirent[]> {
  signal.throwIfAborted();
  onFolder(folder || "/");
  const entries = await readdir(`${root}${folder || "/"}`, { withFileTypes: true }).catch(() => []);
  return entries.slice(0, maxFiles + 1).sort((a, b) => (a.name < b.name ? -1 : 1));
}
