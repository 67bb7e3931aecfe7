import type { Row } from "../../events/index.ts";
import type { ProcessEvent } from "../process-event.ts";
import type { Executable } from "../proc/executables.ts";
import type { ProcessFacts } from "../proc/facts.ts";
import type { Sighting } from "./rest.ts";

/** What runs in a process: what its children say of their parent. */
export type Image = Pick<ProcessFacts, "name" | "path" | "cmdline">;

export const NO_PARENT = -1;
export const unknownImage: Image = { name: "", path: "", cmdline: "" };

/** Numbers that change all the while; one object is written over again and again. */
export interface Counters {
  /** Character code of the state letter. */
  state: number;
  group: number;
  nice: number;
  threads: number;
  userTicks: number;
  systemTicks: number;
  virtualBytes: number;
  residentPages: number;
  /** -1 when not readable. */
  bytesRead: number;
  bytesWritten: number;
}

/** What the row of a process was put with last. */
export interface Standing {
  readonly atMs: number;
  readonly facts: ProcessFacts;
  readonly executable: Executable;
  readonly parent: number;
  readonly counters: Counters;
}

/** A process as the tracker knows it: pid and start tell it from every other. */
export interface ProcessRecord {
  readonly pid: number;
  /** Clock ticks after boot; NOT_STARTED for a process of which only an event told. */
  readonly startTicks: number;
  /** Unix time of the start, by the wall clock as it is set now. */
  startMs: number;
  /** Descriptor of its stat file, which speaks of no other process. */
  readonly fd: number;
  /** A thread of the kernel's own, which runs no program. */
  isKernelThread: boolean;
  nameSum: number;
  stackStart: number;
  /** Who started it; another one once that one has ended. */
  parent: number;
  /** Parent in the line that was read last. */
  lineParent: number;
  parentImage: Image;
  facts: ProcessFacts;
  /** Counts the programs that ran in it: what is found out about one is not taken for the next. */
  program: number;
  executable: Executable;
  /** When its file was identified last; {@link NOT_IDENTIFIED} also when that failed, since what failed is tried again. */
  identifiedAtMs: number;
  /** What tells that it is as it was. */
  readonly sighting: Sighting;
  readonly counters: Counters;
  /** It was looked at while it ran. */
  isComplete: boolean;
  /** Number of the last scan that saw it. */
  seenIn: number;
  /** It has ended: nothing of it is put any more. */
  isGone: boolean;
  /** Its row in `processes`; undefined when it has none. */
  standing: Standing | undefined;
  /** What an exit event said while other threads of the process lived on. */
  exit: ProcessEvent | undefined;
  /** Everything told of it so far has been handed on, in order. */
  settled: Promise<void>;
}

export const NOT_STARTED = -1;
export const NOT_IDENTIFIED: number = Number.NEGATIVE_INFINITY;

/** One thing that happened to a process, to be told as a row of `process_events`. */
export interface Telling {
  readonly type: ProcessEvent["type"];
  readonly source: ProcessEvent["source"];
  readonly timeMs: number;
  readonly exitCode?: number;
  readonly durationMs?: number;
}

type Shown = Pick<ProcessRecord, "pid" | "parent" | "parentImage" | "facts" | "executable" | "startMs">;

/** Row of `process_events`. */
export function eventRow(record: Shown & { isComplete: boolean }, username: string, telling: Telling): Row {
  return {
    ...sharedColumns(record, username),
    time: secondsOf(telling.timeMs),
    type: telling.type,
    auid: record.facts.auid,
    exit_code: telling.exitCode ?? -1,
    duration_ms: telling.durationMs ?? -1,
    source: telling.source,
    is_complete: record.isComplete ? 1 : 0,
  };
}

/** Row of `processes`. `pageBytes` is what the kernel counts resident memory in. */
export function processRow(record: Shown & { counters: Counters }, username: string, pageBytes: number): Row {
  const { facts, counters } = record;
  return {
    ...sharedColumns(record, username),
    root: facts.root,
    state: String.fromCharCode(counters.state),
    suid: facts.suid,
    sgid: facts.sgid,
    threads: counters.threads,
    nice: counters.nice,
    pgroup: counters.group,
    resident_size: counters.residentPages * pageBytes,
    total_size: counters.virtualBytes,
    user_time: counters.userTicks * MS_OF_TICK,
    system_time: counters.systemTicks * MS_OF_TICK,
    disk_bytes_read: counters.bytesRead,
    disk_bytes_written: counters.bytesWritten,
    cgroup_path: facts.cgroupPath,
  };
}

const MS_OF_TICK = 10;

/** Identity of a row of `processes`. */
export function processIdentity({ pid, startMs }: Pick<ProcessRecord, "pid" | "startMs">): Row {
  return { pid, start_time: secondsOf(startMs) };
}

function sharedColumns({ pid, parent, parentImage, facts, executable, startMs }: Shown, username: string): Row {
  return {
    pid,
    parent,
    name: facts.name,
    path: facts.path,
    cmdline: facts.cmdline,
    cwd: facts.cwd,
    uid: facts.uid,
    gid: facts.gid,
    euid: facts.euid,
    egid: facts.egid,
    username,
    on_disk: executable.onDisk,
    sha256: executable.sha256,
    parent_name: parentImage.name,
    parent_path: parentImage.path,
    parent_cmdline: parentImage.cmdline,
    start_time: secondsOf(startMs),
  };
}

export function secondsOf(ms: number): number {
  return Math.floor(ms / 1_000);
}
