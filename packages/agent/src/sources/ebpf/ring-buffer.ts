import koffi from "koffi";
import { libc, systemCallError } from "../system/libc.ts";

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
/** Marks in the length in front of each record. */
const BUSY = 0x8000_0000;
const DISCARDED = 0x4000_0000;
const LENGTH = 0x3fff_ffff;
const HEADER_BYTES = 8;

interface Mapping {
  readonly address: bigint;
  readonly length: number;
}

/** Reads a BPF ring buffer (Documentation/bpf/ringbuf.rst): the kernel writes at one end, and is told how far was read. */
export class RingBuffer {
  readonly #mappings: Mapping[] = [];
  readonly #consumed: BigInt64Array;
  readonly #produced: BigInt64Array;
  readonly #headers: Int32Array;
  readonly #bytes: Buffer;
  readonly #mask: number;
  #isOpen = true;

  constructor(map: number, bytes: number) {
    const page = libc().getpagesize();
    this.#mask = bytes - 1;
    try {
      this.#consumed = new BigInt64Array(this.#mapped(map, page, PROT_READ | PROT_WRITE, 0), 0, 1);
      // The data appears twice, one behind the other: no record is ever broken in two.
      const readOnly = this.#mapped(map, page + 2 * bytes, PROT_READ, page);
      this.#produced = new BigInt64Array(readOnly, 0, 1);
      this.#headers = new Int32Array(readOnly, page);
      this.#bytes = Buffer.from(readOnly, page);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #mapped(map: number, length: number, protection: number, offset: number): ArrayBuffer {
    const address = libc().mmap(null, length, protection, MAP_SHARED, map, offset);
    if (address === null || BigInt.asIntN(64, address) === -1n) throw systemCallError("mmap");
    this.#mappings.push({ address, length });
    return koffi.view(address, length);
  }

  /** Hands over up to `max` records, each as a view that holds during the call only; returns how many there were. */
  read(max: number, take: (record: Buffer) => void): number {
    if (!this.#isOpen) return 0;
    let position = Number(Atomics.load(this.#consumed, 0));
    const end = Number(Atomics.load(this.#produced, 0));
    let count = 0;
    while (position < end && count < max) {
      const at = position & this.#mask;
      const header = Atomics.load(this.#headers, at / 4) >>> 0;
      // Still being written: it is the first of the next call.
      if ((header & BUSY) !== 0) break;
      const length = header & LENGTH;
      if ((header & DISCARDED) === 0) take(this.#bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length));
      position += Math.ceil((HEADER_BYTES + length) / 8) * 8;
      count += 1;
    }
    Atomics.store(this.#consumed, 0, BigInt(position));
    return count;
  }

  /** May be called again. */
  close(): void {
    this.#isOpen = false;
    for (const { address, length } of this.#mappings.splice(0)) libc().munmap(address, length);
  }
}
