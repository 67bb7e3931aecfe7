import type { TimedEvent } from "../exec-looks.ts";
import { exitCodeOf } from "../exit-code.ts";
import type { KernelClock } from "../system/kernel-clock.ts";

/**
 * Where the programs of `bpf-programs.ts` put what they tell: one layout, of which fork and exit
 * have the beginning, and exec as much as there are arguments.
 */
export const recordLayout = {
  kind: 0,
  pid: 4,
  timeNs: 8,
  startNs: 16,
  parent: 24,
  exitStatus: 28,
  uid: 32,
  gid: 36,
  euid: 40,
  egid: 44,
  auid: 48,
  /** Result of reading the path: its length with the NUL, or an error below 0. */
  pathLength: 52,
  /** Length of the arguments in the process, and the result of reading them: 0 when it could be done. */
  argumentsLength: 56,
  argumentsResult: 60,
  name: 64,
  shortBytes: 80,
  path: 80,
  maxPathBytes: 256,
  arguments: 336,
  maxArgumentBytes: 4096,
  maxBytes: 4432,
} as const;

export const recordKinds = { exec: 0, fork: 1, exit: 2, renamed: 3 } as const;

const NO_LOGIN = 0xffff_ffff;
const NAME_BYTES = 16;

/** An event with the start of its process (time since boot), which tells it from others of the same number. */
export type StartedEvent = TimedEvent & { readonly startNs: bigint };

/** What a record tells: an event, or that a process was given a name. */
export type EbpfRecord = StartedEvent | { readonly type: "renamed"; readonly pid: number };

/** Reads one record; undefined when it is none. Never throws. */
export function decodeRecord(record: Buffer, clock: Pick<KernelClock, "unixMs">): EbpfRecord | undefined {
  if (record.length < recordLayout.shortBytes) return undefined;
  const timeNs = record.readBigUInt64LE(recordLayout.timeNs);
  const event = {
    source: "ebpf",
    pid: record.readUInt32LE(recordLayout.pid),
    parent: record.readUInt32LE(recordLayout.parent),
    timeNs,
    timeMs: clock.unixMs(timeNs),
    startNs: record.readBigUInt64LE(recordLayout.startNs),
    name: cString(record.subarray(recordLayout.name, recordLayout.name + NAME_BYTES)),
    ...ids(record),
  } as const;
  switch (record.readUInt32LE(recordLayout.kind)) {
    case recordKinds.fork:
      return { ...event, type: "fork" };
    case recordKinds.exit:
      return { ...event, type: "exit", exitCode: exitCodeOf(record.readUInt32LE(recordLayout.exitStatus)) };
    case recordKinds.exec:
      return record.length < recordLayout.arguments ? undefined : { ...event, type: "exec", ...program(record) };
    case recordKinds.renamed:
      return { type: "renamed", pid: event.pid };
    default:
      return undefined;
  }
}

function ids(record: Buffer): Pick<TimedEvent, "uid" | "gid" | "euid" | "egid" | "auid"> {
  const auid = record.readUInt32LE(recordLayout.auid);
  return {
    uid: record.readUInt32LE(recordLayout.uid),
    gid: record.readUInt32LE(recordLayout.gid),
    euid: record.readUInt32LE(recordLayout.euid),
    egid: record.readUInt32LE(recordLayout.egid),
    ...(auid === NO_LOGIN ? {} : { auid }),
  };
}

/** Path and arguments, each only when the kernel could read it. */
function program(record: Buffer): Pick<TimedEvent, "path" | "cmdline"> {
  const pathLength = record.readInt32LE(recordLayout.pathLength);
  const isRead = record.readInt32LE(recordLayout.argumentsResult) === 0 && record.length > recordLayout.arguments;
  const path = cString(record.subarray(recordLayout.path, recordLayout.path + recordLayout.maxPathBytes));
  return {
    ...(pathLength > 1 ? { path } : {}),
    ...(isRead ? { cmdline: record.toString("utf8", recordLayout.arguments) } : {}),
  };
}

function cString(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end < 0 ? bytes.length : end);
}
