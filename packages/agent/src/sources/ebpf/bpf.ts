import { allocate, libc, systemCallError } from "../system/libc.ts";

/** bpf(2): its number on this architecture; undefined where it is not known. */
const systemCall = ({ x64: 321, arm64: 280 } as Partial<Record<NodeJS.Architecture, number>>)[process.arch];

/** Commands, types and sizes of <linux/bpf.h>. */
const BPF_MAP_CREATE = 0;
const BPF_MAP_LOOKUP_ELEM = 1;
const BPF_PROG_LOAD = 5;
const BPF_OBJ_GET_INFO_BY_FD = 15;
const BPF_RAW_TRACEPOINT_OPEN = 17;
const BPF_MAP_TYPE_ARRAY = 2;
const BPF_MAP_TYPE_PERCPU_ARRAY = 6;
const BPF_MAP_TYPE_RINGBUF = 27;
const BPF_PROG_TYPE_RAW_TRACEPOINT = 17;
const ATTRIBUTE_BYTES = 128;
const LOG_BYTES = 65_536;
/** The end of what it says, where the reason stands. */
const LOG_LINES = 4;
const NAME_BYTES = 15;
/** struct bpf_prog_info up to `recursion_misses`, which older kernels leave 0. */
const INFO_BYTES = 216;
const MISSES_AT = 208;

/**
 * The programs of this folder are offered under the GPL too (beside the licence of this package), since the kernel lends
 * the helpers that they call to such programs only. This is said for them alone.
 */
const LICENCE = "Dual MIT/GPL";

const meaning = {
  EPERM: "CAP_BPF and CAP_PERFMON are needed, and a kernel that is not locked down",
  ENOSYS: "this kernel has no bpf(2)",
};

/** Room for one call: attributes in front, what they point to behind. */
function call(
  command: number,
  extraBytes: number,
  fill: (bytes: Buffer, extraAt: bigint) => void,
): { result: number; extra: Buffer } {
  if (systemCall === undefined) throw new Error(`bpf(2) is not known for ${process.arch}`);
  const memory = allocate(ATTRIBUTE_BYTES + extraBytes);
  try {
    fill(memory.bytes, memory.address + BigInt(ATTRIBUTE_BYTES));
    const result = libc().syscall(systemCall, command, memory.address, ATTRIBUTE_BYTES);
    if (result < 0) throw systemCallError("bpf", meaning);
    return { result, extra: Buffer.from(memory.bytes.subarray(ATTRIBUTE_BYTES)) };
  } finally {
    memory.free();
  }
}

/** Whether programs can be loaded here at all, as far as this code knows. */
export const isKnownArchitecture = systemCall !== undefined;

function createMap(type: number, keyBytes: number, valueBytes: number, entries: number): number {
  return call(BPF_MAP_CREATE, 0, (bytes) => {
    bytes.writeUInt32LE(type, 0);
    bytes.writeUInt32LE(keyBytes, 4);
    bytes.writeUInt32LE(valueBytes, 8);
    bytes.writeUInt32LE(entries, 12);
  }).result;
}

/** A ring buffer of so many bytes (a power of 2, in whole pages). All of these return descriptors. */
export function createRing(bytes: number): number {
  return createMap(BPF_MAP_TYPE_RINGBUF, 0, 0, bytes);
}

/** For each processor, records of so many bytes for each of so many kinds. */
export function createScratch(bytes: number, kinds: number): number {
  return createMap(BPF_MAP_TYPE_PERCPU_ARRAY, 4, bytes, kinds);
}

/** An array of one 64 bit counter. */
export function createCounter(): number {
  return createMap(BPF_MAP_TYPE_ARRAY, 4, 8, 1);
}

export function readCounter(map: number): number {
  const { extra } = call(BPF_MAP_LOOKUP_ELEM, 16, (bytes, extraAt) => {
    bytes.writeUInt32LE(map, 0);
    bytes.writeBigUInt64LE(extraAt, 8);
    bytes.writeBigUInt64LE(extraAt + 8n, 16);
  });
  return Number(extra.readBigUInt64LE(8));
}

/** Has the kernel check and load a program; what it says of one that it refuses stands at the end of the error. */
export function loadProgram(name: string, code: Buffer): number {
  const memory = allocate(LOG_BYTES);
  try {
    return tryLoad(name, code, undefined);
  } catch (error) {
    try {
      return tryLoad(name, code, memory.address);
    } catch {
      const log = memory.bytes.toString("latin1", 0, Math.max(memory.bytes.indexOf(0), 0)).trim();
      throw log === ""
        ? error
        : new Error(`${String(error)}: ${log.split("\n").slice(-LOG_LINES).join("; ")}`, { cause: error });
    }
  } finally {
    memory.free();
  }
}

function tryLoad(name: string, code: Buffer, logAt: bigint | undefined): number {
  const licence = Buffer.from(`${LICENCE}\0`);
  return call(BPF_PROG_LOAD, code.length + licence.length, (bytes, extraAt) => {
    code.copy(bytes, ATTRIBUTE_BYTES);
    licence.copy(bytes, ATTRIBUTE_BYTES + code.length);
    bytes.writeUInt32LE(BPF_PROG_TYPE_RAW_TRACEPOINT, 0);
    bytes.writeUInt32LE(code.length / 8, 4);
    bytes.writeBigUInt64LE(extraAt, 8);
    bytes.writeBigUInt64LE(extraAt + BigInt(code.length), 16);
    if (logAt !== undefined) {
      bytes.writeUInt32LE(1, 24);
      bytes.writeUInt32LE(LOG_BYTES, 28);
      bytes.writeBigUInt64LE(logAt, 32);
    }
    bytes.write(name.slice(0, NAME_BYTES), 48, "latin1");
  }).result;
}

/** How often a program did not run because it was running already, on the same processor. */
export function readMisses(program: number): number {
  const { extra } = call(BPF_OBJ_GET_INFO_BY_FD, INFO_BYTES, (bytes, extraAt) => {
    bytes.writeUInt32LE(program, 0);
    bytes.writeUInt32LE(INFO_BYTES, 4);
    bytes.writeBigUInt64LE(extraAt, 8);
  });
  return Number(extra.readBigUInt64LE(MISSES_AT));
}

/** Lets a program run at a tracepoint until the descriptor is closed. */
export function attach(tracepoint: string, program: number): number {
  const name = Buffer.from(`${tracepoint}\0`);
  return call(BPF_RAW_TRACEPOINT_OPEN, name.length, (bytes, extraAt) => {
    name.copy(bytes, ATTRIBUTE_BYTES);
    bytes.writeBigUInt64LE(extraAt, 0);
    bytes.writeUInt32LE(program, 8);
  }).result;
}
