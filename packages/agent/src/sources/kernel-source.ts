import type { ProcessSourceName } from "../collect/index.ts";
import {
  type Emit,
  type EventSource,
  type Fail,
  type Lose,
  reasonOf,
  type SourceReadings,
  type SourceState,
} from "./event-source.ts";
import { ExecLooks, type TimedEvent } from "./exec-looks.ts";
import { Heartbeat } from "./heartbeat.ts";
import { KernelClock } from "./system/kernel-clock.ts";
import type { KernelFeed, Loss } from "./kernel-feed.ts";
import { lookAtProcess, type ProcessLook } from "./look-at-process.ts";
import { type StopWatching, watchDescriptor } from "./system/watch-descriptor.ts";
import { Outlet } from "./outlet.ts";

/** One turn of the event loop reads some 512 events at most: everything else has its turn as well. */
const MAX_BATCHES_OF_TURN = 8;

/** What a test sets otherwise. */
export interface KernelSourceOptions {
  /** Where processes are looked at. */
  readonly proc?: string;
  readonly heartbeatSeconds?: number;
  /** How long the answer to a heartbeat may take. */
  readonly silenceSeconds?: number;
  readonly checkSeconds?: number;
}

/** What makes a source of the kernel this one. */
export interface KernelSourceKind {
  readonly name: ProcessSourceName;
  /** What it tells of, for an operator. */
  readonly detail: string;
  readonly obstacle: () => string | undefined;
  /** Throws when it cannot be opened. */
  readonly open: () => KernelFeed;
  /** Makes the kernel tell something. */
  readonly beat: () => void;
  /** Whether programs are looked at in /proc as they begin, since the kernel does not tell enough. */
  readonly looks: boolean;
}

interface Session {
  readonly feed: KernelFeed;
  readonly clock: KernelClock;
  readonly looks: ExecLooks;
  readonly stopWatching: StopWatching;
  readonly checks: NodeJS.Timeout;
}

/** Runs a feed of the kernel: reads as soon as there is something, looks at processes, and notices when it goes deaf. */
export class KernelSource implements EventSource {
  readonly name: ProcessSourceName;
  readonly #kind: KernelSourceKind;
  readonly #options: KernelSourceOptions;
  readonly #outlet = new Outlet();
  readonly #heartbeat: Heartbeat;
  #session: Session | undefined;

  constructor(kind: KernelSourceKind, options: KernelSourceOptions) {
    this.name = kind.name;
    this.#kind = kind;
    this.#options = options;
    this.#heartbeat = new Heartbeat({
      beat: kind.beat,
      listen: () => this.#drain(),
      intervalMs: (options.heartbeatSeconds ?? 30) * 1000,
      silenceMs: (options.silenceSeconds ?? 5) * 1000,
    });
  }

  obstacle(): string | undefined {
    if (process.platform !== "linux") return "Linux only";
    try {
      return this.#kind.obstacle();
    } catch (error) {
      return reasonOf(error);
    }
  }

  async start(emit: Emit, lose: Lose, fail?: Fail): Promise<SourceState> {
    const obstacle = this.obstacle();
    if (obstacle !== undefined) return { state: "unavailable", detail: obstacle };
    try {
      const session = this.#open();
      this.#outlet.connect(emit, lose, fail);
      await session.feed.begin();
      if (await this.#heartbeat.begin(() => this.#outlet.fail("the kernel has fallen silent"))) {
        return { state: "active", detail: this.#kind.detail };
      }
      throw new Error("the kernel took the request, but sends nothing");
    } catch (error) {
      await this.stop();
      return { state: "unavailable", detail: reasonOf(error) };
    }
  }

  async stop(): Promise<void> {
    this.#outlet.disconnect();
    this.#heartbeat.end();
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined) return;
    session.stopWatching();
    clearInterval(session.checks);
    // What a broken interface says at its end is of no use to anybody.
    await session.feed.close().catch(() => {});
  }

  readings(): SourceReadings {
    return this.#outlet.readings();
  }

  #open(): Session {
    const clock = new KernelClock();
    const look = (event: TimedEvent): ProcessLook | undefined => (this.#kind.looks ? this.#look(event) : undefined);
    const feed = this.#kind.open();
    this.#session = {
      feed,
      clock,
      looks: new ExecLooks({ look, now: () => clock.now() }),
      stopWatching: watchDescriptor(
        feed.descriptor,
        () => this.#drain(),
        () => this.#outlet.fail("the descriptor cannot be watched any more"),
      ),
      checks: setInterval(() => void this.#check(), (this.#options.checkSeconds ?? 2) * 1000).unref(),
    };
    return this.#session;
  }

  #look(event: TimedEvent): ProcessLook | undefined {
    // The kernel's arguments end with a NUL, unless there were too many of them for it.
    const isTold = event.uid !== undefined && event.cmdline?.endsWith("\0") === true;
    return lookAtProcess(this.#options.proc ?? "/proc", event.pid, event.timeNs, isTold ? "files" : "all");
  }

  /** Nobody is told of anything before all is read: whoever is told may stop the source. */
  #drain(): void {
    const session = this.#session;
    if (session === undefined) return;
    const losses: Loss[] = [];
    try {
      session.clock.refresh();
      for (let batches = 0; batches < MAX_BATCHES_OF_TURN; batches += 1) {
        const batch = session.feed.read(session.clock);
        session.looks.add(batch.events);
        losses.push(...batch.losses);
        if (batch.isHeard) this.#heartbeat.heard();
        if (batch.isEmpty) break;
      }
    } catch (error) {
      this.#outlet.fail(reasonOf(error));
    }
    for (const event of session.looks.take()) this.#outlet.emit(event);
    this.#tell(losses);
  }

  async #check(): Promise<void> {
    try {
      this.#tell((await this.#session?.feed.check()) ?? []);
    } catch (error) {
      this.#outlet.fail(reasonOf(error));
    }
  }

  #tell(losses: readonly Loss[]): void {
    for (const { count, reason } of losses) this.#outlet.lose(count, reason);
  }
}
