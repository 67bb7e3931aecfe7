import { createRequire } from "node:module";

/** What the sandbox calls of koffi, and nothing else of it: the executor's memory is counted. */
interface Koffi {
  load(library: null): { func(prototype: string): (...values: readonly unknown[]) => unknown };
  errno(): number;
  alloc(type: string, length: number): bigint;
  view(address: bigint, length: number): ArrayBuffer;
  readonly os: { readonly errno: Readonly<Record<string, number>> };
}

const prototypes = {
  prctl: "int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)",
  setrlimit: "int setrlimit(int resource, const uint64_t *limits)",
  capset: "int capset(const uint32_t *header, const uint32_t *data)",
  open: "int open(const char *path, int flags)",
  close: "int close(int descriptor)",
  madvise: "int madvise(uintptr_t address, size_t length, int advice)",
  _exit: "void _exit(int status)",
} as const;

/** System calls that the C library has no function for, by what they are given. */
const calls = {
  withBytes: "intptr_t syscall(intptr_t number, const uint8_t *bytes, uintptr_t a, uintptr_t b)",
  withNumbersAndBytes: "intptr_t syscall(intptr_t number, uintptr_t a, uintptr_t b, const uint8_t *bytes, uintptr_t c)",
} as const;

/** The few functions of the C library that lock a process down. */
export interface Native {
  prctl(option: number, a: number, b: number, c: number, d: number): number;
  setrlimit(resource: number, limits: readonly [bigint, bigint]): number;
  capset(header: Uint32Array, data: Uint32Array): number;
  open(path: string, flags: number): number;
  close(descriptor: number): number;
  madvise(address: bigint, bytes: bigint, advice: number): number;
  /** Ends the process at once, without the clean-up of Node that would call what is refused by then. */
  _exit(status: number): void;
  withBytes(number: number, bytes: Uint8Array | null, a: number, b: number): number;
  withNumbersAndBytes(number: number, a: number, b: number, bytes: Uint8Array, c: number): number;
  /** Copies bytes to where they do not move, for a structure that holds their address; they stay there. */
  keep(bytes: Uint8Array): bigint;
  /** Name of the error of the call that failed last, such as EPERM. */
  lastError(): string;
}

const require = createRequire(import.meta.url);

/** Files of koffi that this system may be able to load: one for glibc, one for musl. */
export function nativeFiles(): readonly string[] {
  if (process.platform !== "linux") return [];
  return ["linux", "musl"].flatMap((kind) => {
    try {
      return [require.resolve(`@koromix/koffi-linux-${process.arch}/${kind}_${process.arch}/koffi.node`)];
    } catch {
      return [];
    }
  });
}

/**
 * Loads the first of the files that can be loaded; undefined when none can. Its JavaScript part is left out: memory.
 * `require` would look for a package.json above the executor's folder, and Landlock refuses the one that is there.
 */
export function loadNative(files: readonly string[]): Native | undefined {
  for (const file of files) {
    try {
      const loaded: { exports: unknown } = { exports: {} };
      process.dlopen(loaded, file);
      return bind(loaded.exports as Koffi);
    } catch {
      // The other C library's.
    }
  }
  return undefined;
}

function bind(koffi: Koffi): Native {
  const library = koffi.load(null);
  const functions = Object.entries({ ...prototypes, ...calls }).map(([name, prototype]) => [
    name,
    library.func(prototype),
  ]);
  return {
    ...(Object.fromEntries(functions) as Omit<Native, "keep" | "lastError">),
    keep: (bytes) => keep(koffi, bytes),
    lastError: () => nameOf(koffi, koffi.errno()),
  };
}

function keep(koffi: Koffi, bytes: Uint8Array): bigint {
  const address = koffi.alloc("uint8_t", bytes.length);
  new Uint8Array(koffi.view(address, bytes.length)).set(bytes);
  return address;
}

function nameOf({ os }: Koffi, number: number): string {
  return Object.entries(os.errno).find(([, value]) => value === number)?.[0] ?? `errno ${number}`;
}
