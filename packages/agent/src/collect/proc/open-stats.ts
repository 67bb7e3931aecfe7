import { closeSync, openSync } from "node:fs";
import type { ProcFiles } from "./proc-files.ts";
import { parseStatLine, type StatLine } from "./stat-line.ts";

/** Each open file costs the kernel a page; more processes than this are opened anew each time. */
const MAX_OPEN = 1_024;

/** Fifty-two numbers and a name. */
const MAX_LINE_BYTES = 2_048;

export const NOT_OPEN = -1;

/**
 * Reads stat lines through descriptors that stay open: that costs half of opening them each time, and such a descriptor
 * never speaks of another process that got the same number.
 */
export class OpenStats {
  /** The line that was read last. */
  readonly buffer: Buffer = Buffer.allocUnsafeSlow(MAX_LINE_BYTES);
  readonly #files: ProcFiles;
  readonly #maxOpen: number;
  #open = 0;

  constructor(files: ProcFiles, maxOpen = MAX_OPEN) {
    this.#files = files;
    this.#maxOpen = maxOpen;
  }

  /** Reads the line of a process for the first time; the descriptor is to be kept, or NOT_OPEN; undefined: it is gone. */
  open(pid: number, line: StatLine): number | undefined {
    let fd = NOT_OPEN;
    try {
      fd = openSync(`${this.#files.root}/${pid}/stat`, "r");
      if (!this.#parse(this.#files.readOpen(fd, this.buffer), line)) {
        closeSync(fd);
        return undefined;
      }
    } catch {
      if (fd !== NOT_OPEN) closeSync(fd);
      return undefined;
    }
    if (this.#open < this.#maxOpen) {
      this.#open++;
      return fd;
    }
    closeSync(fd);
    return NOT_OPEN;
  }

  /** Reads the line again; false when the process is gone. Without a descriptor it may be another one's. */
  read(pid: number, fd: number, line: StatLine): boolean {
    if (fd === NOT_OPEN) return this.#readOnce(pid, line);
    return this.#parse(this.#files.readOpen(fd, this.buffer), line);
  }

  close(fd: number): void {
    if (fd === NOT_OPEN) return;
    closeSync(fd);
    this.#open--;
  }

  #readOnce(pid: number, line: StatLine): boolean {
    const fd = this.open(pid, line);
    if (fd !== undefined) this.close(fd);
    return fd !== undefined;
  }

  #parse(length: number, line: StatLine): boolean {
    return length > 0 && parseStatLine(this.buffer, length, line);
  }
}
