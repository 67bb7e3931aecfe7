import { closeSync, openSync, readlinkSync, readSync } from "node:fs";

/** Nothing that is read here is longer, but for argument lists. */
const MAX_PROC_BYTES = 4096;
/** As much of an argument list is looked at: one page does not show what stands behind a page of blanks. */
export const MAX_ARGUMENT_BYTES = 32_768;

/**
 * Small files of a proc file system, read into one buffer that is used again and again. What cannot be read, because the
 * process has ended or is another user's, reads as nothing: that is ordinary there.
 */
export interface ProcFiles {
  readonly root: string;
  /** What was read last; the next read overwrites it. */
  readonly buffer: Buffer;
  /** A handle of the folder of a process, for the calls below; undefined when there is none. */
  openFolder(pid: number): number | undefined;
  closeFolder(folder: number): void;
  /** Bytes of a file in the folder, read into `buffer`; -1 when it cannot be read. */
  read(folder: number, name: string): number;
  /** Where a link in the folder leads; empty when it cannot be read. */
  readLink(folder: number, name: string): string;
  /**
   * Tells the file that the process executes from every other, and from itself once it is changed; empty when that cannot
   * be told without asking a file system that may not answer.
   */
  imageMark(folder: number): string;
  /** Reads an open file from its beginning into `into`; -1 when its process is gone. */
  readOpen(fd: number, into: Buffer): number;
}

/** A file that belongs to no process, as text; empty when it cannot be read. */
export function readWhole(path: string): string {
  const bytes = Buffer.alloc(MAX_PROC_BYTES);
  const length = readInto(path, bytes);
  return length <= 0 ? "" : bytes.toString("latin1", 0, length);
}

/** Reads by names, with what every system has; direct-proc-files.ts is the fast one beside it. */
export class PlainProcFiles implements ProcFiles {
  readonly root: string;
  readonly buffer: Buffer = Buffer.allocUnsafeSlow(MAX_ARGUMENT_BYTES);

  constructor(root: string) {
    this.root = root;
  }

  /** The pid itself: it may come to mean another process between two calls. */
  openFolder(pid: number): number {
    return pid;
  }

  closeFolder(): void {}

  read(folder: number, name: string): number {
    return readInto(`${this.root}/${folder}/${name}`, this.buffer);
  }

  readLink(folder: number, name: string): string {
    try {
      return readlinkSync(`${this.root}/${folder}/${name}`);
    } catch {
      return "";
    }
  }

  imageMark(): string {
    return "";
  }

  readOpen(fd: number, into: Buffer): number {
    try {
      return readSync(fd, into, 0, into.length, 0);
    } catch {
      return -1;
    }
  }
}

function readInto(path: string, bytes: Buffer): number {
  let fd = -1;
  try {
    fd = openSync(path, "r");
    return readSync(fd, bytes, 0, bytes.length, null);
  } catch {
    return -1;
  } finally {
    if (fd >= 0) closeSync(fd);
  }
}
