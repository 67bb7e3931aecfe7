import { existsSync } from "node:fs";
import { isKnownArchitecture } from "./bpf-system.ts";
import { decodeRecord } from "./ebpf-record.ts";
import { EbpfSession } from "./ebpf-session.ts";
import { type Emit, type EventSource, type Fail, type Lose, reasonOf } from "./event-source.ts";
import type { SourceReadings, SourceState } from "./event-source.ts";
import { ExecLooks, type TimedEvent } from "./exec-looks.ts";
import { Heartbeat, renameToSame } from "./heartbeat.ts";
import { KernelClock } from "./kernel-clock.ts";
import { lookAtProcess } from "./look-at-process.ts";
import { type StopWatching, watchDescriptor } from "./netlink-socket.ts";
import { Outlet } from "./outlet.ts";
import { missingPrivilege } from "./privileges.ts";
import { RepeatedExits } from "./repeated-exits.ts";

/** One turn of the event loop reads 512 events at most: everything else has its turn as well. */
const BATCH = 64;
const MAX_BATCHES_OF_TURN = 8;
const LOSSES_EVERY_MS = 1000;

export interface EbpfOptions {
  readonly proc?: string;
  readonly heartbeatSeconds?: number;
  readonly silenceSeconds?: number;
  /** Type information of the running kernel. */
  readonly typesPath?: string;
}

interface Session {
  readonly kernel: EbpfSession;
  readonly clock: KernelClock;
  readonly looks: ExecLooks;
  readonly exits: RepeatedExits;
  told: number;
}

/** Programs of our own at the kernel's tracepoints: every fork, exec and exit, with arguments even of what is gone at once. */
export class EbpfSource implements EventSource {
  readonly name = "ebpf";
  readonly #proc: string;
  readonly #typesPath: string;
  readonly #outlet = new Outlet();
  readonly #heartbeat: Heartbeat;
  #session: Session | undefined;
  #stopWatching: StopWatching | undefined;
  #losses: NodeJS.Timeout | undefined;

  constructor(options: EbpfOptions = {}) {
    this.#proc = options.proc ?? "/proc";
    this.#typesPath = options.typesPath ?? "/sys/kernel/btf/vmlinux";
    this.#heartbeat = new Heartbeat({
      beat: renameToSame,
      listen: () => this.#drain(),
      intervalMs: (options.heartbeatSeconds ?? 30) * 1000,
      silenceMs: (options.silenceSeconds ?? 5) * 1000,
    });
  }

  obstacle(): string | undefined {
    if (process.platform !== "linux") return "Linux only";
    if (!isKnownArchitecture) return `not for ${process.arch}`;
    if (!existsSync(this.#typesPath)) return `this kernel has no type information (${this.#typesPath})`;
    try {
      return missingPrivilege(["CAP_BPF", "CAP_PERFMON"], ["pid"]);
    } catch (error) {
      return reasonOf(error);
    }
  }

  async start(emit: Emit, lose: Lose, fail?: Fail): Promise<SourceState> {
    const obstacle = this.obstacle();
    if (obstacle !== undefined) return { state: "unavailable", detail: obstacle };
    try {
      this.#outlet.connect(emit, lose, fail);
      this.#open();
      if (await this.#heartbeat.begin(() => this.#outlet.fail("the programs have fallen silent"))) {
        return { state: "active", detail: "every fork, exec and exit, from programs at the kernel's tracepoints" };
      }
      throw new Error("the programs were loaded, but tell nothing");
    } catch (error) {
      await this.stop();
      return { state: "unavailable", detail: reasonOf(error) };
    }
  }

  // oxlint-disable-next-line require-await
  async stop(): Promise<void> {
    this.#outlet.disconnect();
    this.#heartbeat.end();
    clearInterval(this.#losses);
    this.#stopWatching?.();
    this.#stopWatching = undefined;
    this.#session?.kernel.close();
    this.#session = undefined;
  }

  readings(): SourceReadings {
    return this.#outlet.readings();
  }

  #open(): void {
    const clock = new KernelClock();
    const looks = new ExecLooks({
      look: (pid, startedByNs) => lookAtProcess(this.#proc, pid, startedByNs),
      now: () => clock.refresh(),
    });
    const kernel = new EbpfSession(this.#typesPath);
    this.#session = { kernel, clock, looks, exits: new RepeatedExits(), told: 0 };
    this.#losses = setInterval(() => this.#tellLosses(), LOSSES_EVERY_MS).unref();
    this.#stopWatching = watchDescriptor(
      kernel.ringDescriptor,
      () => this.#drain(),
      () => this.#outlet.fail("the ring cannot be watched any more"),
    );
  }

  #drain(): void {
    const session = this.#session;
    if (session === undefined) return;
    session.clock.refresh();
    for (let batch = 0; batch < MAX_BATCHES_OF_TURN; batch += 1) if (!this.#readBatch(session)) break;
    for (const event of session.looks.take()) this.#outlet.emit(event);
  }

  /** Whether there was anything. */
  #readBatch(session: Session): boolean {
    const events: TimedEvent[] = [];
    const count = session.kernel.read(BATCH, (bytes) => {
      const record = decodeRecord(bytes, session.clock);
      if (record === undefined) this.#outlet.lose(1, "malformed");
      else if (record.type === "renamed") this.#heartbeat.heard();
      else if (record.type !== "exit" || !session.exits.isRepeated(record.pid, record.startNs)) events.push(record);
    });
    session.looks.add(events);
    return count > 0;
  }

  #tellLosses(): void {
    const session = this.#session;
    if (session === undefined) return;
    const lost = session.kernel.lost();
    this.#outlet.lose(lost - session.told, "kernel_overrun");
    session.told = lost;
  }
}
