import { and, field, give, type Instruction, load, whenAtLeast, whenEqual } from "./bpf.ts";
import { allowed, killing } from "./system-call-lists.ts";
import { type Architecture, auditArchitecture, type SystemCall, systemCallNumber } from "./system-calls.ts";

/** SECCOMP_RET_* of <linux/seccomp.h>. */
export const verdicts = { allow: 0x7fff_0000, fail: 0x0005_0000, kill: 0x8000_0000 } as const;

const EPERM = 1;
const ENOSYS = 38;
/** Numbers from here on are those of x32, another way to make the same calls. */
const X32_BIT = 0x4000_0000;
const PROT_EXEC = 4;
const AT_EMPTY_PATH = 0x1000;
/** <linux/fcntl.h>: what SQLite locks with, and what asks for flags. */
const F_GETFD = 1;
const F_GETFL = 3;
const F_GETLK = 5;
const F_SETLK = 6;

export interface FilterOptions {
  readonly architecture: Architecture;
  readonly ownPid: number;
  /** Open files that must not be written to, whichever way they were opened. */
  readonly protectedDescriptors: readonly number[];
  /** Whether memory may become code: V8 needs that unless it only interprets. */
  readonly mayExecuteMemory: boolean;
}

/** The filter as seccomp(2) runs it: a list of what is allowed, with looks at arguments; everything else is refused. */
export function filterProgram(options: FilterOptions): Instruction[] {
  const { architecture } = options;
  const always = (name: SystemCall, verdict: number): Instruction[] => judge(name, architecture, [give(verdict)]);
  return [
    load(field.architecture),
    whenEqual(auditArchitecture[architecture], 1, 0),
    give(verdicts.kill),
    load(field.number),
    ...(architecture === "x64" ? [whenAtLeast(X32_BIT, 0, 1), give(verdicts.kill)] : []),
    ...allowed.flatMap((name) => always(name, verdicts.allow)),
    ...conditional(options),
    ...killing.flatMap((name) => always(name, verdicts.kill)),
    // A C library that knows clone3 falls back to clone only when it is told that there is none.
    ...always("clone3", verdicts.fail | ENOSYS),
    give(verdicts.fail | EPERM),
  ];
}

function conditional(options: FilterOptions): Instruction[] {
  const { architecture, ownPid, protectedDescriptors, mayExecuteMemory } = options;
  const on = (name: SystemCall, body: readonly Instruction[]): Instruction[] => judge(name, architecture, body);
  const memory = mayExecuteMemory ? [give(verdicts.allow)] : refuseBits(2, PROT_EXEC);
  return [
    ...on("write", refuseValues(0, protectedDescriptors)),
    ...on("mmap", memory),
    ...on("mprotect", memory),
    ...on("pkey_mprotect", memory),
    // Status of an open file, never of a path.
    ...on("newfstatat", allowValues(3, [AT_EMPTY_PATH])),
    ...on("fcntl", allowValues(1, [F_GETFD, F_GETFL, F_GETLK, F_SETLK])),
    ...on("tgkill", allowValues(0, [ownPid])),
    // Looking at limits of its own; a limit is set by the call that has a third argument.
    ...on("prlimit64", [...unlessWord(0, 0), ...unlessWord(2, 0), give(verdicts.allow)]),
  ];
}

/** `body` is run for that call, and always gives a verdict. */
function judge(name: SystemCall, architecture: Architecture, body: readonly Instruction[]): Instruction[] {
  const number = systemCallNumber(name, architecture);
  return number === undefined ? [] : [whenEqual(number, 0, body.length), ...body];
}

const refuse = give(verdicts.fail | EPERM);

/** Descriptors, flags and commands are 32 bits: the kernel does not look at the rest. */
function refuseValues(argument: number, values: readonly number[]): Instruction[] {
  return [
    load(field.lowWord(argument)),
    ...values.flatMap((value) => [whenEqual(value, 0, 1), refuse]),
    give(verdicts.allow),
  ];
}

function allowValues(argument: number, values: readonly number[]): Instruction[] {
  const allow = give(verdicts.allow);
  return [load(field.lowWord(argument)), ...values.flatMap((value) => [whenEqual(value, 0, 1), allow]), refuse];
}

function refuseBits(argument: number, bits: number): Instruction[] {
  return [load(field.lowWord(argument)), and(bits), whenEqual(0, 0, 1), give(verdicts.allow), refuse];
}

/** Refuses unless both words of the argument are that number. */
function unlessWord(argument: number, word: number): Instruction[] {
  const halves = [field.lowWord(argument), field.highWord(argument)];
  return halves.flatMap((offset) => [load(offset), whenEqual(word, 1, 0), refuse]);
}
