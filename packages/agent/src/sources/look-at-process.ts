import type { ProcessEvent } from "../collect/index.ts";
import { libc } from "./system/libc.ts";

/** <bits/fcntl-linux.h>; O_PATH and O_CLOEXEC are the same on x86-64 and arm64, O_DIRECTORY is not needed. */
const O_PATH = 0x20_0000;
const O_CLOEXEC = 0x8_0000;
const MAX_CMDLINE_BYTES = 32_768;
const MAX_PATH_BYTES = 4096;
/** USER_HZ, in which /proc/<pid>/stat counts: 100 on every architecture that Node runs on. */
const NANOSECONDS_OF_TICK = 10_000_000n;
/** Numbers after the name in /proc/<pid>/stat (proc_pid_stat(5)): parent is field 4, start is field 22. */
const PARENT_FIELD = 1;
const START_FIELD = 19;
/** What the kernel puts behind the path of a file that is gone. */
const DELETED = " (deleted)";

/** What /proc told of a process: every field that could be read. */
export type ProcessLook = Pick<
  ProcessEvent,
  "parent" | "name" | "path" | "cmdline" | "cwd" | "uid" | "gid" | "euid" | "egid" | "auid"
>;

/** What is read: all of it, or only what the kernel's own events do not have, which costs half as much. */
export type LookExtent = "all" | "files";

const buffer = Buffer.allocUnsafeSlow(MAX_CMDLINE_BYTES);

/**
 * Reads what a process is, as fast as it can be done, for the process may be about to end. All of it is read through one
 * descriptor of /proc/<pid>, which stays with its process when the number is given to another one; and a process that
 * started after `startedByNs` (time since boot) is another one already: undefined, like for one that is gone.
 */
export function lookAtProcess(
  root: string,
  pid: number,
  startedByNs: bigint,
  extent: LookExtent = "all",
): ProcessLook | undefined {
  const folder = libc().open(`${root}/${pid}`, O_PATH | O_CLOEXEC);
  if (folder < 0) return undefined;
  try {
    // What goes first at the end of a process is read first.
    const cmdline = extent === "all" ? readText(folder, "cmdline") : undefined;
    const path = readLink(folder, "exe");
    const cwd = readLink(folder, "cwd");
    const stat = parseStat(readText(folder, "stat") ?? "");
    if (stat === undefined || stat.startTicks * NANOSECONDS_OF_TICK > startedByNs) return undefined;
    return {
      name: stat.name,
      parent: stat.parent,
      ...(cmdline ? { cmdline } : {}),
      ...(path === undefined ? {} : { path: withoutMark(path) }),
      ...(cwd === undefined ? {} : { cwd: withoutMark(cwd) }),
      ...(extent === "all" ? readIds(folder) : {}),
    };
  } finally {
    libc().close(folder);
  }
}

function readIds(folder: number): Partial<ProcessLook> {
  return { ...parseIds(readText(folder, "status") ?? ""), ...parseLogin(readText(folder, "loginuid") ?? "") };
}

function readText(folder: number, name: string): string | undefined {
  const descriptor = libc().openat(folder, name, O_CLOEXEC);
  if (descriptor < 0) return undefined;
  const length = libc().read(descriptor, buffer, MAX_CMDLINE_BYTES);
  libc().close(descriptor);
  return length < 0 ? undefined : buffer.toString("utf8", 0, length);
}

function readLink(folder: number, name: string): string | undefined {
  const length = libc().readlinkat(folder, name, buffer, MAX_PATH_BYTES);
  return length <= 0 ? undefined : buffer.toString("utf8", 0, length);
}

function withoutMark(path: string): string {
  return path.endsWith(DELETED) ? path.slice(0, -DELETED.length) : path;
}

/** Name, parent and start of a line of /proc/<pid>/stat; a name may itself hold blanks and brackets. */
export function parseStat(line: string): { name: string; parent: number; startTicks: bigint } | undefined {
  const opening = line.indexOf("(");
  const closing = line.lastIndexOf(")");
  if (opening < 0 || closing < opening) return undefined;
  const fields = line.slice(closing + 2).split(" ", START_FIELD + 1);
  const [parent, start] = [fields[PARENT_FIELD], fields[START_FIELD]];
  if (parent === undefined || start === undefined || !/^\d+$/.test(parent) || !/^\d+$/.test(start)) return undefined;
  return { name: line.slice(opening + 1, closing), parent: Number(parent), startTicks: BigInt(start) };
}

/** User and group ids of /proc/<pid>/status: real and effective. */
export function parseIds(status: string): Pick<ProcessLook, "uid" | "gid" | "euid" | "egid"> {
  const users = /^Uid:\t(\d+)\t(\d+)/m.exec(status);
  const groups = /^Gid:\t(\d+)\t(\d+)/m.exec(status);
  if (users === null || groups === null) return {};
  return { uid: Number(users[1]), euid: Number(users[2]), gid: Number(groups[1]), egid: Number(groups[2]) };
}

/** The user who logged in; nothing when nobody did. */
export function parseLogin(text: string): Pick<ProcessLook, "auid"> {
  const auid = Number(text);
  return text === "" || !Number.isInteger(auid) || auid === 0xffff_ffff ? {} : { auid };
}
