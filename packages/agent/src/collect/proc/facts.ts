import { maskArguments } from "../mask/mask.ts";
import { MAX_ARGUMENT_BYTES, type ProcFiles } from "./proc-files.ts";

/** What the kernel puts behind the path of a file that was deleted. */
const DELETED = " (deleted)";
const BLANK = 0x20;
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

function areSameFacts(a: ProcessFacts, b: ProcessFacts): boolean {
  return factNames.every((name) => a[name] === b[name]);
}

const factNames = Object.keys(kernelThread) as (keyof ProcessFacts)[];

/**
 * Reads all but what `readStorage` does from the folder of a process; undefined when it has ended meanwhile. `masks`:
 * secrets in arguments are hidden. `known`, of the same process and program, is returned itself when nothing is different;
 * the login of a process is not read again.
 */
export function readFacts(
  files: ProcFiles,
  folder: number,
  name: string,
  masks: boolean,
  known?: ProcessFacts,
): ProcessFacts | undefined {
  // Arguments and links go first when a process ends, so they are read first.
  const cmdline = commandLineOf(files, folder, masks, known?.cmdline);
  const path = files.readLink(folder, "exe");
  const cwd = withoutMark(files.readLink(folder, "cwd"));
  const root = withoutMark(files.readLink(folder, "root"));
  const ids = readIds(files, folder);
  if (ids === undefined) return undefined;
  const { uid, euid, suid, gid, egid, sgid } = ids;
  const facts: ProcessFacts = {
    name,
    path: withoutMark(path),
    isDeleted: path.endsWith(DELETED),
    cmdline,
    cwd,
    root,
    uid,
    euid,
    suid,
    gid,
    egid,
    sgid,
    auid: known === undefined ? readLogin(files, folder) : known.auid,
    cgroupPath: readCgroup(files, folder),
  };
  return known !== undefined && areSameFacts(facts, known) ? known : facts;
}

/** Stands where something is left out: whoever pads arguments to hide others is seen to have done so. */
const CUT = "…";
const KEPT_HEAD = 2_048;
const KEPT_TAIL = 2_048;

/**
 * Bytes of /proc/<pid>/cmdline as one line: NUL between arguments, and both ends of it where it is long, so that padding
 * hides neither. Secrets are hidden before anything is cut: half of one would not be known for what it is.
 */
export function commandLine(bytes: Buffer, masks: boolean): string {
  const isFull = bytes.length >= MAX_ARGUMENT_BYTES;
  let end = Math.min(bytes.length, MAX_ARGUMENT_BYTES);
  while (end > 0 && bytes[end - 1] === 0) end--;
  const args = bytes.toString("utf8", 0, end).split("\0");
  return bothEnds(masks ? maskArguments(args) : args.join(" ")) + (isFull ? CUT : "");
}

function bothEnds(line: string): string {
  if (line.length <= KEPT_HEAD + KEPT_TAIL) return line;
  return `${line.slice(0, KEPT_HEAD)}${CUT}${line.slice(-KEPT_TAIL)}`.toWellFormed();
}

function commandLineOf(files: ProcFiles, folder: number, masks: boolean, known: string | undefined): string {
  const length = files.read(folder, "cmdline");
  if (length <= 0) return "";
  if (known !== undefined && isLine(files.buffer, length, known)) return known;
  return commandLine(files.buffer.subarray(0, length), masks);
}

/** Whether the arguments are this line to the letter: what is shown already need not be searched for secrets again. */
function isLine(bytes: Buffer, length: number, line: string): boolean {
  let end = length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  if (end !== line.length || length >= MAX_ARGUMENT_BYTES) return false;
  for (let at = 0; at < end; at++) {
    const byte = bytes[at] as number;
    // Letters that are not ASCII are several bytes each.
    if (byte >= 0x80 || (byte === 0 ? BLANK : byte) !== line.charCodeAt(at)) return false;
  }
  return true;
}

/** A path without the mark by which the kernel says that its file is gone. */
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
function readLogin(files: ProcFiles, folder: number): number {
  const text = textOf(files, folder, "loginuid");
  const auid = Number.parseInt(text, 10);
  return Number.isNaN(auid) || auid === NO_LOGIN ? UNKNOWN : auid;
}

/** The facts with what others change of a process, whatever it does itself: its group, and where its file stands. */
export function withOthersChanges(files: ProcFiles, folder: number, facts: ProcessFacts): ProcessFacts {
  const link = files.readLink(folder, "exe");
  // One that is ending has none any more.
  const exe = link === "" ? facts : { path: withoutMark(link), isDeleted: link.endsWith(DELETED) };
  const { path, isDeleted } = exe;
  const cgroupPath = readCgroup(files, folder);
  const isSame = path === facts.path && isDeleted === facts.isDeleted && cgroupPath === facts.cgroupPath;
  return isSame ? facts : { ...facts, path, isDeleted, cgroupPath };
}

function readCgroup(files: ProcFiles, folder: number): string {
  const text = textOf(files, folder, "cgroup");
  if (text !== lastCgroup.text) lastCgroup = { text, path: cgroupPathIn(text) };
  return lastCgroup.path;
}

/** Processes of one group come one after the other, more often than not. */
let lastCgroup = { text: "", path: "" };

/** Of the unified hierarchy where there is one, else of systemd's own, else the first. */
function cgroupPathIn(text: string): string {
  const isUnifiedAlone = text.startsWith("0::") && text.indexOf("\n") === text.length - 1;
  if (isUnifiedAlone) return text.slice("0::".length, -1);
  const lines = text.split("\n");
  const unified = lines.find((line) => line.startsWith("0::"));
  const isUsed = unified !== undefined && unified !== "0::/";
  const line = isUsed ? unified : (lines.find((each) => each.includes(":name=systemd:")) ?? unified ?? lines[0] ?? "");
  return line.split(":").slice(2).join(":");
}

/** Bytes that a process has read from storage and written to it; -1 when not readable. */
export interface StorageCounters {
  bytesRead: number;
  bytesWritten: number;
}

/** What the process itself has read and written, for whoever may trace it. */
export function readStorage(files: ProcFiles, folder: number, into: StorageCounters): void {
  const length = files.read(folder, "io");
  into.bytesRead = numberAfter(files.buffer, length, "\nread_bytes: ");
  into.bytesWritten = numberAfter(files.buffer, length, "\nwrite_bytes: ");
}

function numberAfter(bytes: Buffer, length: number, label: string): number {
  const found = bytes.indexOf(label, 0, "latin1");
  if (found < 0 || found >= length) return UNKNOWN;
  let number = 0;
  for (let at = found + label.length; at < length && isDigit(bytes[at] as number); at++) {
    number = number * 10 + (bytes[at] as number) - 0x30;
  }
  return number;
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

function textOf(files: ProcFiles, folder: number, name: string): string {
  const length = files.read(folder, name);
  return length <= 0 ? "" : files.buffer.toString("latin1", 0, length);
}
