import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { assemble } from "./bpf.ts";
import { interpret } from "./bpf.fixture.ts";
import { type FilterOptions, filterProgram, verdicts } from "./system-call-filter.ts";
import { allowed, killing } from "./system-call-lists.ts";
import {
  type Architecture,
  auditArchitecture,
  type SystemCall,
  systemCallNumber,
  systemCalls,
} from "./system-calls.ts";

const PID = 4_711;
const architectures: readonly Architecture[] = ["x64", "arm64"];
const EPERM = verdicts.fail | 1;
const ENOSYS = verdicts.fail | 38;

function judgeBy(over: Partial<FilterOptions> & Pick<FilterOptions, "architecture">) {
  const program = filterProgram({ ownPid: PID, protectedDescriptors: [7, 9], mayExecuteMemory: false, ...over });
  return (name: SystemCall, ...args: readonly (number | bigint)[]): number =>
    interpret(program, {
      architecture: auditArchitecture[over.architecture],
      number: systemCallNumber(name, over.architecture)!,
      args: args.map(BigInt),
    });
}

describe.each(architectures)("the system call filter on %s", (architecture) => {
  const judge = judgeBy({ architecture });
  const known = (name: SystemCall): boolean => systemCallNumber(name, architecture) !== undefined;

  it("allows what computing and answering takes", () => {
    for (const name of allowed.filter(known)) expect([name, judge(name)]).toEqual([name, verdicts.allow]);
  });

  it("ends who calls what the executor never does by itself", () => {
    for (const name of killing.filter(known)) expect([name, judge(name)]).toEqual([name, verdicts.kill]);
  });

  it("refuses everything else, numbers that nobody knows included", () => {
    for (const name of ["openat", "openat2", "mkdirat", "ftruncate", "pwrite64", "ioctl", "dup", "writev"] as const) {
      expect([name, judge(name)]).toEqual([name, EPERM]);
    }
    const program = filterProgram({ architecture, ownPid: PID, protectedDescriptors: [], mayExecuteMemory: false });
    const unknown = { architecture: auditArchitecture[architecture], number: 9_999 };
    expect(interpret(program, unknown)).toBe(EPERM);
  });

  it("says that there is no clone3, so that the C library tries the call that ends it", () => {
    expect(judge("clone3")).toBe(ENOSYS);
  });

  it("lets nothing be written to files that were open, and to what is no file", () => {
    expect(judge("write", 7)).toBe(EPERM);
    expect(judge("write", 9)).toBe(EPERM);
    expect(judge("write", 1)).toBe(verdicts.allow);
    // The kernel looks at 32 bits of a descriptor: what stands above them hides nothing.
    expect(judge("write", 7n | (1n << 32n))).toBe(EPERM);
  });

  it("lets no memory become code, unless that is asked for", () => {
    for (const name of ["mmap", "mprotect", "pkey_mprotect"] as const) {
      expect([name, judge(name, 0, 4_096, 3)]).toEqual([name, verdicts.allow]);
      expect([name, judge(name, 0, 4_096, 4)]).toEqual([name, EPERM]);
      expect([name, judge(name, 0, 4_096, 7)]).toEqual([name, EPERM]);
      expect([name, judgeBy({ architecture, mayExecuteMemory: true })(name, 0, 4_096, 7)]).toEqual([
        name,
        verdicts.allow,
      ]);
    }
  });

  it("lets a process signal itself, look at its own limits and lock its files, and no more of each", () => {
    expect(judge("tgkill", PID, PID, 6)).toBe(verdicts.allow);
    expect(judge("tgkill", PID + 1, PID, 6)).toBe(EPERM);
    expect(judge("prlimit64", 0, 7, 0, 1)).toBe(verdicts.allow);
    expect(judge("prlimit64", 1, 7, 0, 1)).toBe(EPERM);
    expect(judge("prlimit64", 0, 7, 1, 0)).toBe(EPERM);
    expect(judge("prlimit64", 0, 7, 1n << 32n, 0)).toBe(EPERM);
    expect(judge("fcntl", 5, 6)).toBe(verdicts.allow);
    expect(judge("fcntl", 5, 0)).toBe(EPERM);
    expect(judge("newfstatat", 5, 0, 0, 0x1000)).toBe(verdicts.allow);
    expect(judge("newfstatat", 5, 0, 0, 0)).toBe(EPERM);
  });

  it("ends who makes calls in another processor's numbering", () => {
    const program = filterProgram({ architecture, ownPid: PID, protectedDescriptors: [], mayExecuteMemory: false });
    const number = systemCallNumber("read", architecture)!;
    expect(interpret(program, { architecture: 0x4000_0003, number })).toBe(verdicts.kill);
    const other = architecture === "x64" ? "arm64" : "x64";
    expect(interpret(program, { architecture: auditArchitecture[other], number })).toBe(verdicts.kill);
    const x32 = { architecture: auditArchitecture[architecture], number: number | 0x4000_0000 };
    expect(interpret(program, x32)).toBe(architecture === "x64" ? verdicts.kill : EPERM);
  });

  it("has a verdict for every number, and jumps that fit their byte", () => {
    const program = filterProgram({
      architecture,
      ownPid: PID,
      protectedDescriptors: [3, 4, 5],
      mayExecuteMemory: false,
    });
    for (let number = 0; number < 600; number++) {
      const verdict = interpret(program, { architecture: auditArchitecture[architecture], number });
      expect([verdicts.allow, verdicts.kill, EPERM, ENOSYS]).toContain(verdict);
    }
    expect(assemble(program)).toHaveLength(program.length * 8);
  });
});

/** Numbers as the C library's own headers have them, where they are installed. */
const headers: readonly (readonly [Architecture, string])[] = [
  ["x64", "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"],
  ["arm64", "/usr/include/asm-generic/unistd.h"],
];

describe("numbers of system calls", () => {
  it.for(headers)("on %s are those of %s", ([architecture, path], { skip }) => {
    if (!existsSync(path)) return skip(`${path} is not installed`);
    const found = readFileSync(path, "latin1").matchAll(/^#define __NR(?:3264)?_(\w+)\s+(\d+)$/gm);
    const numbers = new Map(
      [...found].map(([, name, number]) => [name === "fstatat" ? "newfstatat" : name!, Number(number)]),
    );
    // Older headers lack newer calls.
    const stated = systemCalls.filter((name) => numbers.has(name));
    expect(stated.length).toBeGreaterThan(100);
    for (const name of stated) expect([name, systemCallNumber(name, architecture)]).toEqual([name, numbers.get(name)]);
  });
});
