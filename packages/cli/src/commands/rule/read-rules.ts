import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { Context } from "../../command.ts";
import { errnoOf, usage } from "../../failure.ts";

/** A file that was named, or lies in a folder that was. */
export interface FoundFile {
  /** As messages call it. */
  readonly shown: string;
  readonly text: string;
}

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_FILES = 20_000;
const YAML = /\.ya?ml$/;

/** Text of the files that are named, and of every YAML file below the folders that are. */
export function readFiles({ workingFolder }: Pick<Context, "workingFolder">, names: readonly string[]): FoundFile[] {
  const paths = names.flatMap((name) => pathsAt(resolve(workingFolder, name), name));
  if (paths.length > MAX_FILES) throw usage(`these are more than ${MAX_FILES} files`);
  return paths.map((path) => ({ shown: relative(workingFolder, path) || path, text: textOf(path) }));
}

function pathsAt(path: string, name: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw usage(`there is no ${name}`);
  if (!stat.isDirectory()) return [path];
  const below = readdirSync(path, { recursive: true, withFileTypes: true });
  return below
    .filter((entry) => entry.isFile() && YAML.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

function textOf(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > MAX_BYTES) throw usage(`${path} is larger than ${MAX_BYTES} bytes`);
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    if (error instanceof TypeError) throw usage(`${path} is not UTF-8`);
    const code = errnoOf(error);
    throw code === undefined ? error : usage(`${path} cannot be read (${code})`);
  }
}
