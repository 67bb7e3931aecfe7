import type { Executable } from "../proc/executables.ts";
import type { ProcFiles } from "../proc/proc-files.ts";

const MAX_FILES = 256;
/** Long enough for a build that starts its compiler again and again; a file that something is mounted over is seen after it. */
const KEPT_MS = 10_000;

interface Found {
  readonly executable: Executable;
  readonly atMs: number;
}

/**
 * Files that were found a moment ago where their path says, by that path and their mark ({@link ProcFiles.imageMark}), which
 * is another one once the file is changed, replaced or deleted: a busy host starts the same few programs over and over, and
 * to ask for each start anew takes more than everything else that is done about it.
 */
export class RecentExecutables {
  readonly #files: ProcFiles;
  readonly #found = new Map<string, Found>();

  constructor(files: ProcFiles) {
    this.#files = files;
  }

  /** What the process executes now, as a key; undefined when that cannot be told. */
  keyOf(pid: number, path: string): string | undefined {
    const folder = this.#files.openFolder(pid);
    if (folder === undefined) return undefined;
    const mark = this.#files.imageMark(folder);
    this.#files.closeFolder(folder);
    return mark === "" ? undefined : `${path}\0${mark}`;
  }

  get(key: string, nowMs: number): Executable | undefined {
    const found = this.#found.get(key);
    // A clock that was set back must not keep anything for longer.
    return found !== undefined && Math.abs(nowMs - found.atMs) < KEPT_MS ? found.executable : undefined;
  }

  /** Only what is whole and stands at its path is kept: everything else is asked for each time. */
  keep(key: string, executable: Executable, nowMs: number): void {
    if (executable.onDisk !== 1 || executable.sha256 === "") return;
    this.#found.delete(key);
    if (this.#found.size >= MAX_FILES) this.#found.delete(this.#found.keys().next().value as string);
    this.#found.set(key, { executable, atMs: nowMs });
  }
}
