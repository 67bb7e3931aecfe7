import { spawnSync } from "node:child_process";
import { mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { serve } from "./child/serve.ts";
import type { ChildOptions, RunRequest } from "./protocol.ts";

/** What a query that has taken the process over might try: the executor itself has no such requests. */
type Attempt = (argument: string) => unknown;

const options = JSON.parse(process.argv[2]!) as ChildOptions;
const native = loadFunctions();

const attempts: Readonly<Record<string, Attempt>> = {
  "read a file": (path) => readFileSync(path, "utf8").slice(0, 20),
  "write a file": (path) => writeFileSync(path, "taken over"),
  "make a folder": (path) => mkdirSync(path),
  "open files": (count) => Array.from({ length: Number(count) }, () => openSync("/dev/null", "r")).length,
  "write to its database": () => writeToFiles(),
  connect: (port) => connect(Number(port)),
  spawn: (command) => String(spawnSync(command).error ?? "ran"),
  fork: () => outcome(fork()),
  execute: (path) => outcome(native.execve(path, null, null)),
  trace: () => outcome(native.ptrace(0, 0, 0, 0)),
  "read another's memory": () => outcome(native.process_vm_readv(process.ppid, 0, 0, 0, 0, 0)),
  signal: (pid) => outcome(native.kill(Number(pid), 0)),
  "call by number": (number) => outcome(native.syscall(Number(number), 0, 0, 0)),
  "make code of memory": () => outcome(native.mprotect(native.mmap(0, 4096, 3, 0x22, -1, 0), 4096, 5)),
  "raise its memory": () => outcome(native.setrlimit(2, [1n << 40n, 1n << 40n])),
  "say who it is": () => `${process.getuid?.()} ${process.getgid?.()} ${process.getgroups?.().join(",")}`,
  "tell its environment": () => Object.keys(process.env).sort().join(" "),
  "fill the heap": () => fill(() => Array.from({ length: 100_000 }, (_, index) => ({ index }))),
  "fill other memory": () => fill(() => Buffer.alloc(1 << 20, 1)),
  "answer another's question": () => JSON.stringify({ kind: "failed", id: -1, code: "sql", message: "" }),
  "answer out of form": () => JSON.stringify({ kind: "rows", id: "1", columns: 3 }),
  "answer without end": () => "x".repeat(17 << 20),
  "be ready again": () => JSON.stringify({ kind: "ready", features: [] }),
  "complain without end": () => complain(),
  "end itself": () => native._exit(3),
};

/** Answers that are sent as they are. */
const raw = ["answer another's question", "answer out of form", "answer without end", "be ready again"];

serve(options, ({ id, sql, parameters }: RunRequest) => {
  const attempt = Object.hasOwn(attempts, sql) ? attempts[sql] : undefined;
  if (attempt === undefined) return undefined;
  const result = attempt(String(parameters[0] ?? ""));
  if (raw.includes(sql)) return String(result);
  return JSON.stringify({
    kind: "rows",
    id,
    columns: ["result"],
    rows: [[String(result)]],
    isTruncated: false,
    durationMs: 0,
  });
});

function complain(): never {
  for (;;) writeSync(2, "y".repeat(65_536));
}

function fill(more: () => unknown): number {
  const held: unknown[] = [];
  for (let index = 0; index < 4_096; index++) held.push(more());
  return held.length;
}

/** The copy ends at once: it would answer in the name of the other. */
function fork(): number {
  const pid = native.fork();
  if (pid === 0) native._exit(0);
  return pid;
}

/** Every descriptor there is: one of them is the event store's. */
function writeToFiles(): string {
  const results = Array.from({ length: 40 }, (_, descriptor) => {
    if (descriptor < 3) return undefined;
    return native.pwrite(descriptor, Buffer.from("taken over"), 10, 0) >= 0 ? "written" : undefined;
  });
  return results.find((result) => result !== undefined) ?? "nothing";
}

function connect(port: number): string {
  const socket = native.socket(2, 1, 0);
  if (socket < 0) return `no socket: ${outcome(socket)}`;
  const address = Buffer.alloc(16);
  address.writeUInt16LE(2, 0);
  address.writeUInt16BE(port, 2);
  address.set([127, 0, 0, 1], 4);
  return outcome(native.connect(socket, address, 16));
}

function outcome(result: number): string {
  return result >= 0 ? "done" : `error ${native.errno()}`;
}

interface Functions {
  fork(): number;
  execve(path: string, args: null, environment: null): number;
  ptrace(request: number, pid: number, address: number, data: number): number;
  process_vm_readv(pid: number, to: number, count: number, from: number, count2: number, flags: number): number;
  kill(pid: number, signal: number): number;
  syscall(number: number, a: number, b: number, c: number): number;
  mmap(at: number, length: number, protection: number, flags: number, descriptor: number, offset: number): bigint;
  mprotect(at: bigint, length: number, protection: number): number;
  setrlimit(resource: number, limits: readonly bigint[]): number;
  socket(family: number, type: number, protocol: number): number;
  connect(descriptor: number, address: Buffer, length: number): number;
  pwrite(descriptor: number, bytes: Buffer, length: number, offset: number): number;
  _exit(status: number): void;
  errno(): number;
}

function loadFunctions(): Functions {
  const koffi = createRequire(import.meta.url)(options.nativeFiles[0]!) as {
    load(library: null): { func(prototype: string): unknown };
    errno(): number;
  };
  const library = koffi.load(null);
  const prototypes = {
    fork: "int fork()",
    execve: "int execve(const char *path, void *args, void *environment)",
    ptrace: "intptr_t ptrace(int request, int pid, uintptr_t address, uintptr_t data)",
    process_vm_readv:
      "intptr_t process_vm_readv(int pid, uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d, uintptr_t e)",
    kill: "int kill(int pid, int signal)",
    syscall: "intptr_t syscall(intptr_t number, uintptr_t a, uintptr_t b, uintptr_t c)",
    mmap: "uintptr_t mmap(uintptr_t at, size_t length, int protection, int flags, int descriptor, int64_t offset)",
    mprotect: "int mprotect(uintptr_t at, size_t length, int protection)",
    setrlimit: "int setrlimit(int resource, const uint64_t *limits)",
    socket: "int socket(int family, int type, int protocol)",
    connect: "int connect(int descriptor, const uint8_t *address, uint32_t length)",
    pwrite: "intptr_t pwrite(int descriptor, const uint8_t *bytes, size_t length, int64_t offset)",
    _exit: "void _exit(int status)",
  };
  const functions = Object.entries(prototypes).map(([name, prototype]) => [name, library.func(prototype)]);
  return { ...Object.fromEntries(functions), errno: () => koffi.errno() } as Functions;
}
