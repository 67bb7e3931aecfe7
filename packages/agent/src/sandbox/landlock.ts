import type { Native } from "./native.ts";
import type { SandboxFeature } from "./report.ts";
import { ownArchitecture, systemCallNumber } from "./system-calls.ts";

/** Rights of <linux/landlock.h> that a rule here may give. */
export const rights = { execute: 1n << 0n, readFile: 1n << 2n, readFolder: 1n << 3n } as const;

/** How many rights on files each version of the interface knows; all are taken away, and rules give some back. */
const FILE_RIGHTS = [13, 14, 15, 15, 16] as const;
const NETWORK_SINCE = 4;
const SCOPES_SINCE = 6;
/** Binding and connecting TCP sockets. */
const NETWORK_RIGHTS = 0b11n;
/** Abstract Unix sockets of, and signals to, processes outside. */
const SCOPES = 0b11n;

const LANDLOCK_CREATE_RULESET_VERSION = 1;
const LANDLOCK_RULE_PATH_BENEATH = 1;
/** For a call that takes less than it could be given. */
const NOTHING = new Uint8Array(0);
/** <fcntl.h>; the same on x64 and arm64. */
const O_PATH = 0o10000000;
const O_CLOEXEC = 0o2000000;

/** A file, or a folder with all below it, and what may be done there. */
export interface PathRule {
  readonly path: string;
  readonly rights: bigint;
}

/**
 * Takes every right on files away that Landlock knows, TCP, and reach beyond this process, but for the rules. It holds
 * for the calling thread and what comes of it: for a whole process of several threads it is set before exec. Paths that
 * are not there are left out: what cannot be opened needs no right.
 */
export function restrictPaths(native: Native, rules: readonly PathRule[]): SandboxFeature {
  const calls = callNumbers();
  if (calls === undefined) return unavailable(`no system call numbers for ${process.arch}`);
  const version = native.withBytes(calls.create, null, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) return unavailable(`${native.lastError()}: not built into this kernel, or switched off`);
  const ruleset = native.withBytes(calls.create, attributes(version), attributes(version).length, 0);
  if (ruleset < 0) return failed(`create_ruleset: ${native.lastError()}`);
  try {
    const given = rules.filter((rule) => allow(native, calls.add, ruleset, rule));
    if (native.withNumbersAndBytes(calls.restrict, ruleset, 0, NOTHING, 0) !== 0)
      return failed(`restrict_self: ${native.lastError()}`);
    return { name: "landlock", state: "on", detail: `version ${version}, ${given.length} paths` };
  } finally {
    native.close(ruleset);
  }
}

const unavailable = (detail: string): SandboxFeature => ({ name: "landlock", state: "unavailable", detail });
const failed = (detail: string): SandboxFeature => ({ name: "landlock", state: "failed", detail });

interface CallNumbers {
  readonly create: number;
  readonly add: number;
  readonly restrict: number;
}

function callNumbers(): CallNumbers | undefined {
  const architecture = ownArchitecture();
  if (architecture === undefined) return undefined;
  const numberOf = (name: "create_ruleset" | "add_rule" | "restrict_self"): number =>
    systemCallNumber(`landlock_${name}`, architecture)!;
  return { create: numberOf("create_ruleset"), add: numberOf("add_rule"), restrict: numberOf("restrict_self") };
}

/** `struct landlock_ruleset_attr`, as long as this version knows it. */
export function attributes(version: number): Buffer {
  const known = FILE_RIGHTS[Math.min(version, FILE_RIGHTS.length) - 1]!;
  const words = [(1n << BigInt(known)) - 1n];
  if (version >= NETWORK_SINCE) words.push(NETWORK_RIGHTS);
  if (version >= SCOPES_SINCE) words.push(SCOPES);
  const bytes = Buffer.alloc(words.length * 8);
  words.forEach((word, index) => bytes.writeBigUInt64LE(word, index * 8));
  return bytes;
}

/** `struct landlock_path_beneath_attr`, packed: rights, and a descriptor that stands for the path. */
function allow(native: Native, addRule: number, ruleset: number, rule: PathRule): boolean {
  const descriptor = native.open(rule.path, O_PATH | O_CLOEXEC);
  if (descriptor < 0) return false;
  const beneath = Buffer.alloc(12);
  beneath.writeBigUInt64LE(rule.rights, 0);
  beneath.writeInt32LE(descriptor, 8);
  try {
    return native.withNumbersAndBytes(addRule, ruleset, LANDLOCK_RULE_PATH_BENEATH, beneath, 0) === 0;
  } finally {
    native.close(descriptor);
  }
}
