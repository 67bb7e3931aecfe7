import koffi from "koffi";
import { MAX_ARGUMENT_BYTES, type ProcFiles, PlainProcFiles } from "./proc-files.ts";

/** <bits/fcntl-linux.h>: the same on x86-64 and arm64. */
const O_PATH = 0x20_0000;
const O_CLOEXEC = 0x8_0000;
const O_NONBLOCK = 0x800;
/** <linux/fcntl.h>, <linux/stat.h>: what the kernel knows of a file, without asking a server where it is. */
const AT_STATX_DONT_SYNC = 0x4000;
const STATX_BASIC_STATS = 0x7ff;
/** Of `struct statx`: from the inode to the numbers of the device, times and size between them. */
const MARK_START = 32;
const MARK_END = 144;

interface Calls {
  open(path: string, flags: number): number;
  openat(folder: number, path: string, flags: number): number;
  read(fd: number, into: Buffer, length: number): number;
  pread(fd: number, into: Buffer, length: number, offset: number): number;
  readlinkat(folder: number, path: string, into: Buffer, length: number): number;
  close(fd: number): number;
  statx(folder: number, path: string, flags: number, mask: number, into: Buffer): number;
}

const prototypes: Readonly<Record<keyof Calls, string>> = {
  open: "int open(const char *path, int flags)",
  openat: "int openat(int folder, const char *path, int flags)",
  read: "intptr_t read(int fd, _Out_ uint8_t *into, size_t length)",
  pread: "intptr_t pread(int fd, _Out_ uint8_t *into, size_t length, int64_t offset)",
  readlinkat: "intptr_t readlinkat(int folder, const char *path, _Out_ uint8_t *into, size_t length)",
  close: "int close(int fd)",
  statx: "int statx(int folder, const char *path, int flags, unsigned int mask, _Out_ uint8_t *into)",
};

/** Reads by way of the folder's descriptor: without names to resolve, and never of another process with the same pid. */
class DirectProcFiles implements ProcFiles {
  readonly root: string;
  readonly buffer: Buffer = Buffer.allocUnsafeSlow(MAX_ARGUMENT_BYTES);
  readonly #calls: Calls;

  constructor(root: string, calls: Calls) {
    this.root = root;
    this.#calls = calls;
  }

  openFolder(pid: number): number | undefined {
    const folder = this.#calls.open(`${this.root}/${pid}`, O_PATH | O_CLOEXEC);
    return folder < 0 ? undefined : folder;
  }

  closeFolder(folder: number): void {
    this.#calls.close(folder);
  }

  read(folder: number, name: string): number {
    const fd = this.#calls.openat(folder, name, O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return -1;
    const length = this.#calls.read(fd, this.buffer, MAX_ARGUMENT_BYTES);
    this.#calls.close(fd);
    return length;
  }

  readLink(folder: number, name: string): string {
    const length = this.#calls.readlinkat(folder, name, this.buffer, MAX_ARGUMENT_BYTES);
    if (length === 1) return String.fromCharCode(this.buffer[0] as number);
    return length <= 0 ? "" : this.buffer.toString("utf8", 0, length);
  }

  imageMark(folder: number): string {
    if (this.#calls.statx(folder, "exe", AT_STATX_DONT_SYNC, STATX_BASIC_STATS, this.buffer) !== 0) return "";
    return this.buffer.toString("latin1", MARK_START, MARK_END);
  }

  readOpen(fd: number, into: Buffer): number {
    return this.#calls.pread(fd, into, into.length, 0);
  }
}

/** The fast way to read a proc file system where the C library can be called, the plain one elsewhere. */
export function openProcFiles(root: string): ProcFiles {
  const calls = process.platform === "linux" ? loadCalls() : undefined;
  return calls === undefined ? new PlainProcFiles(root) : new DirectProcFiles(root, calls);
}

function loadCalls(): Calls | undefined {
  try {
    const library = koffi.load(null);
    const functions = Object.entries(prototypes).map(([name, prototype]) => [name, library.func(prototype) as unknown]);
    return Object.fromEntries(functions) as Calls;
  } catch {
    return undefined;
  }
}
