import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, realpathSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { bounds } from "./bounds.ts";

const groupWrites = 0o020;
const othersWrite = 0o002;
const isSticky = 0o1000;
const root = 0;

/** What a file says that only root or this process's user can have written, or why it is not to be used. */
export type TrustedText =
  | { readonly ok: true; readonly text: string }
  | {
      readonly ok: false;
      readonly code: "unsafe_file" | "unreadable_file" | "too_large";
      readonly message: string;
      readonly hint?: string;
    };

/** Who reads; undefined ids where the platform has none, and then nobody can check who may write. */
export interface Reader {
  readonly uid: number | undefined;
}

/** The user that this process acts as. */
export function thisReader(): Reader {
  return { uid: process.geteuid?.() };
}

/**
 * Reads a file that steers a process with more rights than its neighbours. A link is followed, and what it leads to is
 * checked, with every folder above: whoever can write one of them writes the configuration. The opened file is checked,
 * not its name, so that it cannot be exchanged in between (ATTACKS 23).
 */
export function readTrustedFile(path: string, reader: Reader = thisReader()): TrustedText {
  let descriptor: number | undefined;
  try {
    const target = realpathSync(path);
    const problem = reader.uid === undefined ? undefined : folderProblem(dirname(target), reader.uid);
    if (problem !== undefined) return problem;
    // Neither a link that appears now, nor a pipe that keeps the reader waiting.
    descriptor = openSync(target, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(descriptor);
    return fileProblem(target, stats, reader.uid) ?? readText(descriptor);
  } catch (error) {
    return unreadable(reasonOf(error));
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function fileProblem(path: string, stats: Stats, uid: number | undefined): TrustedText | undefined {
  if (!stats.isFile()) return unreadable("it is no regular file");
  if (stats.size > bounds.maxFileBytes) return tooLarge();
  if (uid === undefined) return undefined;
  if (!isOwnedSafely(stats, uid)) return unsafe(`${path} belongs to another user`, `chown root ${path}`);
  if (isWritableByOthers(stats, uid)) return unsafe(`${path} can be written by others`, `chmod go-w ${path}`);
  return undefined;
}

/** From the file's folder up to the root, as sshd does it for its key files. */
function folderProblem(folder: string, uid: number): TrustedText | undefined {
  for (let current = folder; ; current = dirname(current)) {
    const stats = lstatSync(current);
    if (!isOwnedSafely(stats, uid)) return unsafe(`its folder ${current} belongs to another user`);
    // In a sticky folder, such as /tmp, others can neither rename nor replace what is not theirs.
    const isShared = isWritableByOthers(stats, uid) && (stats.mode & isSticky) === 0;
    if (isShared) return unsafe(`its folder ${current} can be written by others`, `chmod go-w ${current}`);
    if (current === dirname(current)) return undefined;
  }
}

function isOwnedSafely(stats: Stats, uid: number): boolean {
  return stats.uid === root || stats.uid === uid;
}

/** A user's private group (the same number as the user) is nobody else. */
function isWritableByOthers(stats: Stats, uid: number): boolean {
  if ((stats.mode & othersWrite) !== 0) return true;
  const isPrivateGroup = uid !== root && stats.gid === uid && stats.uid === uid;
  return (stats.mode & groupWrites) !== 0 && !isPrivateGroup;
}

function readText(descriptor: number): TrustedText {
  const buffer = Buffer.alloc(bounds.maxFileBytes + 1);
  let length = 0;
  for (;;) {
    const count = readSync(descriptor, buffer, length, buffer.length - length, null);
    length += count;
    if (length > bounds.maxFileBytes) return tooLarge();
    if (count === 0) break;
  }
  try {
    return { ok: true, text: new TextDecoder("utf-8", { fatal: true }).decode(buffer.subarray(0, length)) };
  } catch {
    return unreadable("it is not UTF-8");
  }
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT") return "it is missing";
  if (code === "EACCES" || code === "EPERM") return "this user may not read it";
  return `it cannot be read (${code ?? "unknown error"})`;
}

function unreadable(reason: string): TrustedText {
  return { ok: false, code: "unreadable_file", message: `the file is not used: ${reason}` };
}

function unsafe(reason: string, hint?: string): TrustedText {
  const message = `the file is not used: ${reason}`;
  return { ok: false, code: "unsafe_file", message, ...(hint === undefined ? {} : { hint }) };
}

function tooLarge(): TrustedText {
  return { ok: false, code: "too_large", message: `the file has more than ${bounds.maxFileBytes} bytes` };
}
