/** Classic BPF as seccomp(2) takes it: a program that only jumps forward, looks at one system call and returns a verdict. */

/** Codes of <linux/bpf_common.h>, put together. */
export const operations = {
  /** Loads the 32-bit word at `k` of `struct seccomp_data`. */
  load: 0x20,
  /** Keeps the bits of `k`. */
  and: 0x54,
  jumpEqual: 0x15,
  jumpAtLeast: 0x35,
  return: 0x06,
} as const;

/** Where things stand in `struct seccomp_data` on a little-endian processor. */
export const field = {
  number: 0,
  architecture: 4,
  lowWord: (argument: number): number => 16 + 8 * argument,
  highWord: (argument: number): number => 20 + 8 * argument,
} as const;

export interface Instruction {
  readonly code: number;
  /** Instructions to skip when the comparison holds, and when it does not. */
  readonly ifTrue: number;
  readonly ifFalse: number;
  readonly k: number;
}

export const load = (offset: number): Instruction => ({ code: operations.load, ifTrue: 0, ifFalse: 0, k: offset });
export const and = (mask: number): Instruction => ({ code: operations.and, ifTrue: 0, ifFalse: 0, k: mask });
export const give = (verdict: number): Instruction => ({ code: operations.return, ifTrue: 0, ifFalse: 0, k: verdict });

/** Skips `ifTrue` instructions when what was loaded is `k`, else `ifFalse`. */
export const whenEqual = (k: number, ifTrue: number, ifFalse: number): Instruction => ({
  code: operations.jumpEqual,
  ifTrue,
  ifFalse,
  k,
});

/** Skips `ifTrue` instructions when what was loaded is at least `k` (without sign), else `ifFalse`. */
export const whenAtLeast = (k: number, ifTrue: number, ifFalse: number): Instruction => ({
  code: operations.jumpAtLeast,
  ifTrue,
  ifFalse,
  k,
});

const INSTRUCTION_BYTES = 8;
/** BPF_MAXINSNS. */
const MOST_INSTRUCTIONS = 4096;

/** Lays a program out as `struct sock_filter[]`. */
export function assemble(program: readonly Instruction[]): Buffer {
  if (program.length > MOST_INSTRUCTIONS)
    throw new RangeError(`A filter of ${program.length} instructions is too long.`);
  const bytes = Buffer.alloc(program.length * INSTRUCTION_BYTES);
  program.forEach(({ code, ifTrue, ifFalse, k }, index) => {
    const at = index * INSTRUCTION_BYTES;
    bytes.writeUInt16LE(code, at);
    bytes.writeUInt8(ifTrue, at + 2);
    bytes.writeUInt8(ifFalse, at + 3);
    bytes.writeUInt32LE(k >>> 0, at + 4);
  });
  return bytes;
}
