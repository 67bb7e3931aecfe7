import type { Stats } from "node:fs";
import { lstat, readlink } from "node:fs/promises";
import type { Row } from "../../events/index.ts";
import type { FileHashes } from "../file-hashes.ts";

/** A file as it is found. Times are in milliseconds, or in whole seconds where it was read from the event store. */
export interface FileLook {
  readonly type: string;
  readonly symlink: string;
  readonly inode: number;
  readonly device: number;
  readonly uid: number;
  readonly gid: number;
  readonly mode: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly hardLinks: number;
  readonly sha256: string;
  readonly category: string;
  /** False: only what tells one file from another counts. */
  readonly watchesContent: boolean;
}

/** Sizes and times of a file that changes all the while. */
const UNWATCHED = -1;
const MAX_TARGET = 4_096;

export interface LookOptions {
  readonly hashes: FileHashes;
  readonly category: string;
  readonly watchesContent: boolean;
  /** What was found last time in this run: what has the same times has the same content. */
  readonly before: FileLook | undefined;
}

/** Looks at what has this name, without following it if it is a link; undefined when there is nothing. */
export async function lookAtFile(path: string, options: LookOptions): Promise<FileLook | undefined> {
  const stat = await lstat(path).catch((error: unknown) => {
    if (isAbsence(error)) return undefined;
    throw error;
  });
  if (stat === undefined) return undefined;
  const { watchesContent, category } = options;
  const look = {
    type: typeOf(stat),
    symlink: stat.isSymbolicLink() ? (await readlink(path).catch(() => "")).slice(0, MAX_TARGET) : "",
    inode: stat.ino,
    device: stat.dev,
    uid: stat.uid,
    gid: stat.gid,
    mode: (stat.mode & 0o7777).toString(8).padStart(4, "0"),
    size: watchesContent ? stat.size : UNWATCHED,
    mtimeMs: watchesContent ? stat.mtimeMs : UNWATCHED * 1_000,
    ctimeMs: watchesContent ? stat.ctimeMs : UNWATCHED * 1_000,
    hardLinks: stat.nlink,
    category,
    watchesContent,
  };
  return { ...look, sha256: watchesContent && stat.isFile() ? await hashOf(path, stat, options) : "" };
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

function hashOf(path: string, stat: Stats, { before, hashes }: LookOptions): Promise<string> {
  const isSame =
    before?.inode === stat.ino &&
    before.ctimeMs === stat.ctimeMs &&
    before.mtimeMs === stat.mtimeMs &&
    before.size === stat.size;
  return isSame && before.sha256 !== "" ? Promise.resolve(before.sha256) : hashes.of(path, stat);
}

function typeOf(stat: Stats): string {
  if (stat.isFile()) return "regular";
  if (stat.isDirectory()) return "directory";
  return stat.isSymbolicLink() ? "symlink" : "other";
}

/** Row of `file`. */
export function fileRow(path: string, look: FileLook): Row {
  const slash = path.lastIndexOf("/");
  return {
    path,
    directory: path.slice(0, slash) || "/",
    filename: path.slice(slash + 1),
    type: look.type,
    symlink: look.symlink,
    inode: look.inode,
    device: look.device,
    uid: look.uid,
    gid: look.gid,
    mode: look.mode,
    size: look.size,
    mtime: Math.floor(look.mtimeMs / 1_000),
    ctime: Math.floor(look.ctimeMs / 1_000),
    hard_links: look.hardLinks,
    sha256: look.sha256,
    category: look.category,
  };
}

/** A file as a row of an earlier run has it. */
export function lookOfRow(row: Row): FileLook {
  return {
    type: String(row["type"]),
    symlink: String(row["symlink"]),
    inode: Number(row["inode"]),
    device: Number(row["device"]),
    uid: Number(row["uid"]),
    gid: Number(row["gid"]),
    mode: String(row["mode"]),
    size: Number(row["size"]),
    mtimeMs: Number(row["mtime"]) * 1_000,
    ctimeMs: Number(row["ctime"]) * 1_000,
    hardLinks: Number(row["hard_links"]),
    sha256: String(row["sha256"]),
    category: String(row["category"]),
    watchesContent: Number(row["ctime"]) !== UNWATCHED,
  };
}
