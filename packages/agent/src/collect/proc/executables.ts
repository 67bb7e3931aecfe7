import type { Stats } from "node:fs";
import { readlink, stat } from "node:fs";
import type { FileHashes } from "../file-hashes.ts";
import { withoutMark } from "./facts.ts";
import type { ProcFiles } from "./proc-files.ts";

/** What runs, compared with what stands at its path. */
export interface Executable {
  /** 1: the file is there and is what runs; 0: deleted or replaced; -1: not known. */
  readonly onDisk: number;
  /** In hex; empty when it could not be read. */
  readonly sha256: string;
}

/** Whether both are the same file in the same place. */
export function isSameExecutable(a: Executable, b: Executable): boolean {
  return a.onDisk === b.onDisk && a.sha256 === b.sha256;
}

/** A program of which nobody can say what it was. */
export const unknownExecutable: Executable = { onDisk: -1, sha256: "" };

/** A process whose program is asked for. */
export interface Running {
  readonly pid: number;
  readonly path: string;
  readonly isDeleted: boolean;
  /** Whether the process still is the one that was meant. */
  readonly isAlive: () => boolean;
}

/**
 * Identifies the file that a process executes: by /proc/<pid>/exe, which is the running image whatever stands at its
 * path now, and by its path when the process has ended. Asks the file system from other threads: a mount that does not
 * answer must not stop the agent.
 */
export async function identifyExecutable(files: ProcFiles, hashes: FileHashes, running: Running): Promise<Executable> {
  if (running.path === "") return unknownExecutable;
  const image = `${files.root}/${running.pid}/exe`;
  const [imageStat, namedStat] = await Promise.all([statOf(image), statOf(running.path)]);
  // A process that has begun another program since then would be compared with that one (`env` does nothing else).
  const isImage = imageStat !== undefined && (await isStillAt(image, running)) && running.isAlive();
  if (!isImage) {
    // It ended in the meantime: what stands at its path is what ran, as far as anybody can tell.
    const sha256 = namedStat === undefined || running.isDeleted ? "" : await hashes.of(running.path, namedStat);
    return { onDisk: running.isDeleted ? 0 : -1, sha256 };
  }
  const isNamed =
    !running.isDeleted && (isSame(imageStat, namedStat) || (await isInItsRoot(files, running, imageStat)));
  const sha256 = await hashes.of(image, imageStat);
  return { onDisk: isNamed ? 1 : 0, sha256 };
}

function isStillAt(image: string, { path }: Running): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  readlink(image, (error, target) => resolve(error === null && withoutMark(target) === path));
  return promise;
}

/** A process in a container names a file of its own by the path: that is not here, or is another one here. */
async function isInItsRoot(files: ProcFiles, { pid, path }: Running, image: Stats): Promise<boolean> {
  return isSame(image, await statOf(`${files.root}/${pid}/root${path}`));
}

function isSame(one: Stats, other: Stats | undefined): boolean {
  return other !== undefined && one.ino === other.ino && one.dev === other.dev;
}

function statOf(path: string): Promise<Stats | undefined> {
  const { promise, resolve } = Promise.withResolvers<Stats | undefined>();
  stat(path, (error, found) => resolve(error === null ? found : undefined));
  return promise;
}
