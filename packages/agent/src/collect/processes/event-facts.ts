import { commandLine, type ProcessFacts, withoutMark } from "../proc/facts.ts";
import type { ProcessEvent } from "../process-event.ts";

const unknown: ProcessFacts = {
  name: "",
  path: "",
  isDeleted: false,
  cmdline: "",
  cwd: "",
  root: "",
  uid: -1,
  euid: -1,
  suid: -1,
  gid: -1,
  egid: -1,
  sgid: -1,
  auid: -1,
  cgroupPath: "",
};

/**
 * What is known of a process at an event: what the source says of that moment goes before what was read of the process
 * later, and that before nothing.
 */
export function factsAt(event: ProcessEvent, read: ProcessFacts | undefined, masks: boolean): ProcessFacts {
  const base = read ?? { ...unknown, name: event.name ?? lastPart(event.path ?? "") };
  const { uid = base.uid, gid = base.gid } = event;
  return {
    ...base,
    path: event.path === undefined ? base.path : withoutMark(event.path),
    isDeleted: event.path === undefined || event.path === base.path ? base.isDeleted : false,
    cmdline: event.cmdline === undefined ? base.cmdline : maskedLine(event.cmdline, masks),
    cwd: event.cwd ?? base.cwd,
    uid,
    gid,
    euid: event.euid ?? (read === undefined ? uid : base.euid),
    egid: event.egid ?? (read === undefined ? gid : base.egid),
    auid: event.auid ?? base.auid,
  };
}

/** The name that the kernel gives a process is the end of its file's, 15 bytes of it. */
function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).slice(0, 15);
}

function maskedLine(cmdline: string, masks: boolean): string {
  return commandLine(Buffer.from(cmdline), masks);
}
