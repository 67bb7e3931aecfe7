import { maskArguments } from "../mask/mask.ts";
import { MAX_PROC_BYTES, type ProcFiles } from "./proc-files.ts";

/** What the kernel puts behind the path of a file that was deleted. */
const DELETED = " (deleted)";
const NO_LOGIN = 0xffff_ffff;
const UNKNOWN = -1;

/** What is read of a process when it is new, when its program changes, and now and then. */
export interface ProcessFacts {
  readonly name: string;
  /** File that is executed; empty for kernel threads and where nobody may look. */
  readonly path: string;
  /** The kernel says that the file has no name any more. */
  readonly isDeleted: boolean;
  readonly cmdline: string;
  readonly cwd: string;
  readonly root: string;
  readonly uid: number;
  readonly euid: number;
  readonly suid: number;
  readonly gid: number;
  readonly egid: number;
  readonly sgid: number;
  readonly auid: number;
  readonly cgroupPath: string;
}

const kernelThread: ProcessFacts = {
  name: "",
  path: "",
  isDeleted: false,
  cmdline: "",
  cwd: "/",
  root: "/",
  uid: 0,
  euid: 0,
  suid: 0,
  gid: 0,
  egid: 0,
  sgid: 0,
  auid: UNKNOWN,
  cgroupPath: "/",
};

/** Workers call themselves after what they do at the moment, behind the first `-` or `+`. */
export function kernelThreadFacts(name: string): ProcessFacts {
  return { ...kernelThread, name: name.startsWith("kworker/") ? name.replace(/[-+].*/s, "") : name };
}

/** Whether both say the same of a process. */
export function areSameFacts(a: ProcessFacts, b: ProcessFacts): boolean {
  for (const name in a) if (a[name as keyof ProcessFacts] !== b[name as keyof ProcessFacts]) return false;
  return true;
}

/**
 * Reads all but what `readStorage` and `readLogin` do from the folder of a process; undefined when it has ended
 * meanwhile. `masks`: secrets in arguments are hidden.
 */
export function readFacts(files: ProcFiles, folder: number, name: string, masks: boolean): ProcessFacts | undefined {
  // Arguments and links go first when a process ends, so they are read first.
  const cmdline = commandLineOf(files, folder, masks);
  const path = files.readLink(folder, "exe");
  const cwd = withoutMark(files.readLink(folder, "cwd"));
  const root = withoutMark(files.readLink(folder, "root"));
  const ids = readIds(files, folder);
  if (ids === undefined) return undefined;
  return {
    name,
    path: withoutMark(path),
    isDeleted: path.endsWith(DELETED),
    cmdline,
    cwd,
    root,
    ...ids,
    auid: UNKNOWN,
    cgroupPath: readCgroup(files, folder),
  };
}

/** Stands where arguments go on that are not kept: whoever pads them to hide what follows is seen to have done so. */
const CUT = "…";

/**
 * Bytes of /proc/<pid>/cmdline as one line: NUL between arguments, and as many as are kept. More than fills its room is
 * marked, wherever it was cut: an argument may end just there.
 */
export function commandLine(bytes: Buffer, masks: boolean): string {
  const isCut = bytes.length >= MAX_PROC_BYTES;
  let end = Math.min(bytes.length, MAX_PROC_BYTES);
  while (end > 0 && bytes[end - 1] === 0) end--;
  const args = bytes.toString("utf8", 0, end).split("\0");
  return (masks ? maskArguments(args) : args.join(" ")) + (isCut ? CUT : "");
}

function commandLineOf(files: ProcFiles, folder: number, masks: boolean): string {
  const length = files.read(folder, "cmdline");
  return length <= 0 ? "" : commandLine(files.buffer.subarray(0, length), masks);
}

export function withoutMark(path: string): string {
  return path.endsWith(DELETED) ? path.slice(0, -DELETED.length) : path;
}

type Ids = Pick<ProcessFacts, "uid" | "euid" | "suid" | "gid" | "egid" | "sgid">;

/** `Uid:` and `Gid:` of /proc/<pid>/status; a name in it cannot imitate them, for the kernel escapes line ends. */
function readIds(files: ProcFiles, folder: number): Ids | undefined {
  const length = files.read(folder, "status");
  if (length <= 0) return undefined;
  const users = numbersAfter(files.buffer, length, "\nUid:\t");
  const groups = numbersAfter(files.buffer, length, "\nGid:\t");
  if (users === undefined || groups === undefined) return undefined;
  const [uid, euid, suid] = users;
  const [gid, egid, sgid] = groups;
  return { uid, euid, suid, gid, egid, sgid };
}

function numbersAfter(bytes: Buffer, length: number, label: string): [number, number, number] | undefined {
  const found = bytes.indexOf(label, 0, "latin1");
  if (found < 0 || found >= length) return undefined;
  const numbers: [number, number, number] = [0, 0, 0];
  let at = found + label.length;
  for (let index = 0; index < numbers.length; index++) {
    for (; at < length && (bytes[at] as number) >= 0x30; at++) {
      numbers[index] = (numbers[index] as number) * 10 + (bytes[at] as number) - 0x30;
    }
    at++;
  }
  return numbers;
}

/** User who logged in, to whom a process belongs from then on; -1 when none. */
export function readLogin(files: ProcFiles, folder: number): number {
  const text = textOf(files, folder, "loginuid");
  const auid = Number.parseInt(text, 10);
  return Number.isNaN(auid) || auid === NO_LOGIN ? UNKNOWN : auid;
}

/** Of the unified hierarchy where there is one, else of systemd's own, else the first. */
function readCgroup(files: ProcFiles, folder: number): string {
  const text = textOf(files, folder, "cgroup");
  const isUnifiedAlone = text.startsWith("0::") && text.indexOf("\n") === text.length - 1;
  if (isUnifiedAlone) return text.slice("0::".length, -1);
  const lines = text.split("\n");
  const unified = lines.find((line) => line.startsWith("0::"));
  const isUsed = unified !== undefined && unified !== "0::/";
  const line = isUsed ? unified : (lines.find((each) => each.includes(":name=systemd:")) ?? unified ?? lines[0] ?? "");
  return line.split(":").slice(2).join(":");
}

/** What the process itself has read and written, for whoever may trace it; -1 otherwise. */
export function readStorage(files: ProcFiles, folder: number): { bytesRead: number; bytesWritten: number } {
  const text = textOf(files, folder, "io");
  const numberOf = (label: string): number => {
    const found = text.indexOf(label);
    return found < 0 ? UNKNOWN : Number.parseInt(text.slice(found + label.length), 10);
  };
  return { bytesRead: numberOf("\nread_bytes: "), bytesWritten: numberOf("\nwrite_bytes: ") };
}

function textOf(files: ProcFiles, folder: number, name: string): string {
  const length = files.read(folder, name);
  return length <= 0 ? "" : files.buffer.toString("latin1", 0, length);
}
