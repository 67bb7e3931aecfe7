import koffi from "koffi";

/** What this slice calls of the C library: a few functions, and no structures. Layouts stand where they are used. */
export interface Libc {
  socket(family: number, type: number, protocol: number): number;
  bind(descriptor: number, address: Uint8Array, length: number): number;
  setsockopt(descriptor: number, level: number, name: number, value: Uint8Array, length: number): number;
  getsockopt(descriptor: number, level: number, name: number, value: Uint8Array, length: number[]): number;
  send(descriptor: number, bytes: Uint8Array, length: number, flags: number): number;
  recvmmsg(descriptor: number, headers: bigint, count: number, flags: number, timeout: null): number;
  close(descriptor: number): number;
  open(path: string, flags: number): number;
  openat(folder: number, path: string, flags: number): number;
  read(descriptor: number, into: Uint8Array, length: number): number;
  readlinkat(folder: number, path: string, into: Uint8Array, length: number): number;
  clock_gettime(clock: number, secondsAndNanoseconds: BigInt64Array): number;
  mmap(at: null, length: number, protection: number, flags: number, descriptor: number, offset: number): bigint | null;
  munmap(address: bigint, length: number): number;
  getpagesize(): number;
  prctl(option: number, name: Uint8Array, b: number, c: number, d: number): number;
  /** bpf(2) has no function of its own in the C library. */
  syscall(number: number, command: number, attributes: bigint, length: number): number;
}

const prototypes: Record<keyof Libc, string> = {
  socket: "int socket(int family, int type, int protocol)",
  bind: "int bind(int descriptor, const uint8_t *address, uint32_t length)",
  setsockopt: "int setsockopt(int descriptor, int level, int name, const uint8_t *value, uint32_t length)",
  getsockopt: "int getsockopt(int descriptor, int level, int name, _Out_ uint8_t *value, _Inout_ uint32_t *length)",
  send: "intptr_t send(int descriptor, const uint8_t *bytes, size_t length, int flags)",
  recvmmsg: "int recvmmsg(int descriptor, void *headers, uint32_t count, int flags, void *timeout)",
  close: "int close(int descriptor)",
  open: "int open(const char *path, int flags)",
  openat: "int openat(int folder, const char *path, int flags)",
  read: "intptr_t read(int descriptor, _Out_ uint8_t *into, size_t length)",
  readlinkat: "intptr_t readlinkat(int folder, const char *path, _Out_ uint8_t *into, size_t length)",
  clock_gettime: "int clock_gettime(int clock, _Out_ int64_t *time)",
  mmap: "void *mmap(void *at, size_t length, int protection, int flags, int descriptor, int64_t offset)",
  munmap: "int munmap(void *address, size_t length)",
  getpagesize: "int getpagesize()",
  prctl: "int prctl(int option, _Inout_ uint8_t *name, uintptr_t b, uintptr_t c, uintptr_t d)",
  syscall: "intptr_t syscall(intptr_t number, intptr_t command, void *attributes, intptr_t length)",
};

let loaded: Libc | undefined;

/** The C library that Node itself runs on, whichever it is. Loaded at the first call: other systems have none of this. */
export function libc(): Libc {
  if (loaded !== undefined) return loaded;
  const library = koffi.load(null);
  const functions = Object.entries(prototypes).map(([name, prototype]) => [name, library.func(prototype) as unknown]);
  loaded = Object.fromEntries(functions) as Libc;
  return loaded;
}

let errorNames: ReadonlyMap<number, string> | undefined;

/** Name of the error of the call that failed last, such as EPERM. */
export function lastErrno(): string {
  // Of two names of one number the first one counts: EAGAIN, not EWOULDBLOCK.
  errorNames ??= new Map(
    Object.entries(koffi.os.errno)
      .toReversed()
      .map(([name, number]) => [number, name]),
  );
  const number = koffi.errno();
  return errorNames.get(number) ?? `errno ${number}`;
}

/** An error in the form that Node gives those of system calls. Made at once after the call: the next one overwrites errno. */
export function systemCallError(
  syscall: string,
  meaning: Readonly<Record<string, string>> = {},
): NodeJS.ErrnoException {
  const code = lastErrno();
  const why = meaning[code];
  return Object.assign(new Error(`${syscall}: ${code}${why === undefined ? "" : ` (${why})`}`), { code, syscall });
}

/** Memory that does not move, for structures which hold addresses. */
export interface SystemMemory {
  readonly address: bigint;
  readonly bytes: Buffer;
  free(): void;
}

/** Zeroed memory outside of the heap; whoever asked for it frees it, once, and does not touch it afterwards. */
export function allocate(length: number): SystemMemory {
  const address = koffi.alloc("uint8_t", length) as bigint;
  const bytes = Buffer.from(koffi.view(address, length)).fill(0);
  return { address, bytes, free: () => koffi.free(address) };
}
