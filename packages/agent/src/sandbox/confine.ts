import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { type PathRule, restrictPaths, rights } from "./landlock.ts";
import type { Native } from "./native.ts";
import { dropCapabilitiesAtExec, refuseNewPrivileges } from "./privileges.ts";
import type { FeatureName, SandboxFeature } from "./report.ts";

export interface Confinement {
  /** Files of the database, which may be read. */
  readonly databaseFiles: readonly string[];
  /** Folder of the program that is executed next, and files that it loads. */
  readonly programFolder: string;
  readonly nativeFiles: readonly string[];
  readonly willBecomeAnother: boolean;
  /** Lines that are switched off. */
  readonly without: readonly string[];
}

/** What a Node that starts wants to look at besides the files that are mapped into this one. */
const STARTING: readonly string[] = [
  "/etc/ld.so.cache",
  "/etc/ssl/openssl.cnf",
  "/dev/null",
  "/dev/urandom",
  "/proc/meminfo",
  "/proc/sys/vm/overcommit_memory",
];

/**
 * First half of locking down, in a process that only executes the real one: what belongs to a thread (Landlock,
 * capabilities) is set on this thread, and exec makes it that of every thread to come.
 */
export function confine(native: Native, confinement: Confinement): SandboxFeature[] {
  const isOn = (name: FeatureName): boolean => !confinement.without.includes(name);
  const off = (name: FeatureName): SandboxFeature => ({ name, state: "unavailable", detail: "switched off" });
  if (isOn("capabilities")) dropCapabilitiesAtExec(native, confinement.willBecomeAnother);
  return [
    isOn("no_new_privileges") ? refuseNewPrivileges(native) : off("no_new_privileges"),
    isOn("landlock") ? restrictPaths(native, readable(confinement)) : off("landlock"),
  ];
}

/** Files of the running Node are those of the next one; nothing may be written, and the rest of the disk is not there. */
function readable(confinement: Confinement): PathRule[] {
  const file = rights.readFile;
  const folder = rights.readFile | rights.readFolder;
  return [
    ...mappedFiles().map((path) => ({ path, rights: file | rights.execute })),
    ...STARTING.map((path) => ({ path, rights: file })),
    ...confinement.nativeFiles.map((path) => ({ path: dirname(dirname(path)), rights: folder | rights.execute })),
    { path: confinement.programFolder, rights: folder },
    { path: "/proc/self", rights: folder },
    ...confinement.databaseFiles.map((path) => ({ path, rights: file })),
  ];
}

function mappedFiles(): string[] {
  const paths = readFileSync("/proc/self/maps", "utf8").matchAll(/^\S+ \S+ \S+ \S+ \S+ +(\/.+)$/gm);
  return [...new Set([...paths].map((match) => match[1]!))];
}
