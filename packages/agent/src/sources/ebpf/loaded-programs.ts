import { readFileSync } from "node:fs";
import { findOffsets, structureNames } from "./offsets.ts";
import { tracepointPrograms } from "./programs.ts";
import { attach, createCounter, createRing, createScratch, loadProgram, readCounter, readMisses } from "./bpf.ts";
import { KernelTypes } from "./btf.ts";
import { recordKinds, recordLayout } from "./record.ts";
import { libc } from "../system/libc.ts";
import { RingBuffer } from "./ring-buffer.ts";

/** The programs while they are at work: the kernel removes all of it when the descriptors close, also by a kill. */
export class EbpfPrograms {
  readonly ringDescriptor: number;
  readonly #descriptors: number[] = [];
  readonly #programs: { readonly tracepoint: string; readonly descriptor: number }[] = [];
  readonly #counter: number;
  readonly #ring: RingBuffer;

  /** Loads; throws with the kernel's reason, having taken everything back. */
  constructor(typesPath: string, ringBytes: number) {
    try {
      const offsets = findOffsets(new KernelTypes(readFileSync(typesPath), structureNames));
      this.ringDescriptor = this.#keep(createRing(ringBytes));
      this.#counter = this.#keep(createCounter());
      const scratch = this.#keep(createScratch(recordLayout.maxBytes, Object.keys(recordKinds).length));
      this.#ring = new RingBuffer(this.ringDescriptor, ringBytes);
      const maps = { ring: this.ringDescriptor, lost: this.#counter, scratch };
      for (const { tracepoint, code } of tracepointPrograms(offsets, maps, process.pid)) {
        this.#programs.push({ tracepoint, descriptor: this.#keep(loadProgram(tracepoint, code)) });
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Has them run from now on; throws with the kernel's reason. */
  attach(): void {
    for (const { tracepoint, descriptor } of this.#programs) this.#keep(attach(tracepoint, descriptor));
  }

  /** Hands over up to `max` records, as views that hold during the call only; returns how many there were. */
  read(max: number, take: (record: Buffer) => void): number {
    return this.#ring.read(max, take);
  }

  /** Events that are lost: no room in the ring, or a program that met itself. */
  lost(): number {
    return this.#programs.reduce((sum, { descriptor }) => sum + readMisses(descriptor), readCounter(this.#counter));
  }

  close(): void {
    this.#ring?.close();
    for (const descriptor of this.#descriptors.splice(0).toReversed()) libc().close(descriptor);
  }

  #keep(descriptor: number): number {
    this.#descriptors.push(descriptor);
    return descriptor;
  }
}
