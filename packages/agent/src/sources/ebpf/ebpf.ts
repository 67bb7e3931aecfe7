import { existsSync } from "node:fs";
import { isKnownArchitecture } from "./bpf.ts";
import { decodeRecord, type StartedEvent } from "./record.ts";
import { EbpfPrograms } from "./loaded-programs.ts";
import type { TimedEvent } from "../exec-looks.ts";
import { renameToSame } from "../heartbeat.ts";
import type { KernelClock } from "../system/kernel-clock.ts";
import type { FeedBatch, KernelFeed, Loss } from "../kernel-feed.ts";
import { KernelSource, type KernelSourceOptions } from "../kernel-source.ts";
import { missingPrivilege } from "../system/privileges.ts";
import { RepeatedExits } from "./repeated-exits.ts";

const BATCH = 64;
/** Some 2,000 starts with all that belongs to them. The pages are the kernel's, and are there all the time. */
const RING_BYTES = 1_048_576;

export interface EbpfOptions extends KernelSourceOptions {
  /** Type information of the running kernel. */
  readonly typesPath?: string;
  /** A power of 2, in whole pages. */
  readonly ringBytes?: number;
}

/** Programs of our own at the kernel's tracepoints: every fork, exec and exit, with arguments even of what is gone at once. */
export function ebpfSource(options: EbpfOptions = {}): KernelSource {
  const { typesPath = "/sys/kernel/btf/vmlinux", ringBytes = RING_BYTES } = options;
  const kind = {
    name: "ebpf",
    detail: "every fork, exec and exit, from programs at the kernel's tracepoints",
    obstacle: () => obstacle(typesPath),
    open: () => new EbpfFeed(typesPath, ringBytes),
    beat: renameToSame,
    looks: true,
  } as const;
  return new KernelSource(kind, options);
}

function obstacle(typesPath: string): string | undefined {
  if (!isKnownArchitecture) return `not for ${process.arch}`;
  if (!existsSync(typesPath)) return `this kernel has no type information (${typesPath})`;
  return missingPrivilege(["CAP_BPF", "CAP_PERFMON"], ["pid"]);
}

class EbpfFeed implements KernelFeed {
  readonly #programs: EbpfPrograms;
  readonly #exits = new RepeatedExits();
  /** Losses that have been told. */
  #told = 0;

  constructor(typesPath: string, ringBytes: number) {
    this.#programs = new EbpfPrograms(typesPath, ringBytes);
  }

  get descriptor(): number {
    return this.#programs.ringDescriptor;
  }

  async begin(): Promise<void> {
    this.#programs.attach();
  }

  read(clock: KernelClock): FeedBatch {
    const events: TimedEvent[] = [];
    let malformed = 0;
    const count = this.#programs.read(BATCH, (bytes) => {
      const record = decodeRecord(bytes, clock);
      if (record === undefined) malformed += 1;
      else if (record.type !== "renamed" && !this.#isRepeated(record)) events.push(record);
    });
    return { events, losses: [{ count: malformed, reason: "malformed" }], isHeard: count > 0, isEmpty: count === 0 };
  }

  #isRepeated(event: StartedEvent): boolean {
    return event.type === "exit" && this.#exits.isRepeated(event.pid, event.startNs);
  }

  async check(): Promise<readonly Loss[]> {
    const count = this.#programs.lost() - this.#told;
    this.#told += count;
    return [{ count, reason: "kernel_overrun" }];
  }

  async close(): Promise<void> {
    this.#programs.close();
  }
}
