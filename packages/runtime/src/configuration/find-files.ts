import { readdirSync } from "node:fs";
import { join } from "node:path";
import { bounds } from "./bounds.ts";
import type { FileLayer } from "./origin.ts";
import { parserOf } from "./parse-file.ts";
import type { Problem } from "./problem.ts";

/** The configuration files of a folder in the order of their names; a folder that is not there has none. */
export function findFiles(
  folder: string,
  layer: FileLayer,
): { readonly files: readonly string[]; readonly problem?: Problem } {
  const origin = { layer, file: folder, line: 1, column: 1 } as const;
  try {
    const names = readdirSync(folder).filter((name) => !name.startsWith(".") && parserOf(name) !== undefined);
    if (names.length > bounds.maxFilesPerFolder) {
      const message = `the folder has more than ${bounds.maxFilesPerFolder} files of configuration`;
      return { files: [], problem: { code: "too_large", path: "", origin, message } };
    }
    return { files: names.toSorted(byCodeUnits).map((name) => join(folder, name)) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT") return { files: [] };
    const message = `the folder cannot be read (${code ?? "unknown error"})`;
    return { files: [], problem: { code: "unreadable_file", path: "", origin, message } };
  }
}

/** The same order on every host, whatever its language. */
function byCodeUnits(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
