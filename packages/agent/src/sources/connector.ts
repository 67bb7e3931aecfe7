import { CN_IDX_PROC, type ConnectorMessage, connectorRequest, decodeConnector } from "./connector-message.ts";
import { type Emit, type EventSource, type Fail, type Lose, reasonOf } from "./event-source.ts";
import type { SourceReadings, SourceState } from "./event-source.ts";
import { ExecLooks, type TimedEvent } from "./exec-looks.ts";
import { exitCodeOf } from "./exit-code.ts";
import { Heartbeat, renameToSame } from "./heartbeat.ts";
import { KernelClock } from "./kernel-clock.ts";
import { lookAtProcess } from "./look-at-process.ts";
import { decodeNetlink, encodeNetlink, NETLINK_DONE } from "./netlink-message.ts";
import { NetlinkSocket, type StopWatching, watchDescriptor } from "./netlink-socket.ts";
import { Outlet } from "./outlet.ts";
import { missingPrivilege } from "./privileges.ts";
import { SequenceGaps } from "./sequence-gaps.ts";

const NETLINK_CONNECTOR = 11;
const socketOptions = {
  protocol: NETLINK_CONNECTOR,
  group: CN_IDX_PROC,
  // The kernel charges some 800 bytes for an event and doubles this number: 20,000 events while we are busy.
  receiveBufferBytes: 8_388_608,
  maxMessageBytes: 256,
  batch: 64,
} as const;
/** One turn of the event loop reads 512 messages at most: everything else has its turn as well. */
const MAX_BATCHES_OF_TURN = 8;

export interface ConnectorOptions {
  /** Where processes are looked at. */
  readonly proc?: string;
  readonly heartbeatSeconds?: number;
  readonly silenceSeconds?: number;
}

/** What is there while the source is started. */
interface Session {
  readonly socket: NetlinkSocket;
  readonly clock: KernelClock;
  readonly looks: ExecLooks;
  readonly gaps: SequenceGaps;
  /** Losses that have been told. */
  told: number;
}

/** The process connector of the kernel (CONFIG_PROC_EVENTS): every fork, exec and exit, with numbers that show gaps. */
export class ConnectorSource implements EventSource {
  readonly name = "connector";
  readonly #proc: string;
  readonly #outlet = new Outlet();
  readonly #heartbeat: Heartbeat;
  #session: Session | undefined;
  #stopWatching: StopWatching | undefined;

  constructor(options: ConnectorOptions = {}) {
    this.#proc = options.proc ?? "/proc";
    this.#heartbeat = new Heartbeat({
      beat: renameToSame,
      listen: () => this.#drain(),
      intervalMs: (options.heartbeatSeconds ?? 30) * 1000,
      silenceMs: (options.silenceSeconds ?? 5) * 1000,
    });
  }

  obstacle(): string | undefined {
    if (process.platform !== "linux") return "Linux only";
    try {
      const missing = missingPrivilege([], ["pid", "user"]);
      if (missing === undefined) new NetlinkSocket(socketOptions).close();
      return missing;
    } catch (error) {
      return reasonOf(error);
    }
  }

  async start(emit: Emit, lose: Lose, fail?: Fail): Promise<SourceState> {
    const obstacle = this.obstacle();
    if (obstacle !== undefined) return { state: "unavailable", detail: obstacle };
    try {
      this.#open();
      this.#outlet.connect(emit, lose, fail);
      this.#request("listen");
      if (await this.#heartbeat.begin(() => this.#outlet.fail("the kernel has fallen silent"))) {
        return { state: "active", detail: "every fork, exec and exit, from the process connector" };
      }
      throw new Error("the kernel took the request, but sends nothing");
    } catch (error) {
      await this.stop();
      return { state: "unavailable", detail: reasonOf(error) };
    }
  }

  // oxlint-disable-next-line require-await
  async stop(): Promise<void> {
    this.#outlet.disconnect();
    this.#heartbeat.end();
    this.#stopWatching?.();
    this.#stopWatching = undefined;
    const session = this.#session;
    if (session === undefined) return;
    // Older kernels go on making events for nobody when they are not told to stop.
    this.#request("ignore");
    this.#session = undefined;
    session.socket.close();
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
    const socket = new NetlinkSocket(socketOptions);
    this.#session = { socket, clock, looks, gaps: new SequenceGaps(), told: 0 };
    this.#stopWatching = watchDescriptor(
      socket.descriptor,
      () => this.#drain(),
      () => this.#outlet.fail("the socket cannot be watched any more"),
    );
  }

  #request(wants: "listen" | "ignore"): void {
    const payload = connectorRequest(wants);
    this.#session?.socket.send(encodeNetlink({ type: NETLINK_DONE, flags: 0, sequence: 0, payload }));
  }

  #drain(): void {
    const session = this.#session;
    if (session === undefined) return;
    session.clock.refresh();
    try {
      for (let batch = 0; batch < MAX_BATCHES_OF_TURN; batch += 1) if (!this.#readBatch(session)) break;
    } catch (error) {
      this.#outlet.fail(reasonOf(error));
    }
    for (const event of session.looks.take()) this.#outlet.emit(event);
    this.#tellLosses(session);
  }

  /** Whether there was anything. */
  #readBatch(session: Session): boolean {
    const { received, truncated } = session.socket.receive();
    const messages = received.flatMap((datagram) => decodeNetlink(datagram).messages);
    const decoded = messages.map((message) => decodeConnector(message.payload));
    const known = decoded.filter((message) => message !== undefined);
    this.#outlet.lose(truncated + decoded.length - known.length, "malformed");
    for (const message of known) this.#note(session, message);
    session.looks.add(known.map((message) => this.#eventOf(session.clock, message)).filter((event) => event !== undefined));
    return received.length > 0;
  }

  #note(session: Session, message: ConnectorMessage): void {
    if (message.sequence !== undefined) session.gaps.note(message.processor, message.sequence);
    if (message.kind === "renamed" && message.pid === process.pid) this.#heartbeat.heard();
  }

  /** Undefined for what is no event of a process: those of threads, and what the source only listens to for its numbers. */
  #eventOf(clock: KernelClock, message: ConnectorMessage): TimedEvent | undefined {
    if (message.kind === "other" || message.kind === "renamed" || message.pid !== message.thread) return undefined;
    const timeNs = clock.bootOfMonotonic(message.monotonicNs);
    const event = { type: message.kind, source: this.name, pid: message.pid, timeNs, timeMs: clock.unixMs(timeNs) } as const;
    if (message.kind === "fork") return { ...event, parent: message.parent };
    return message.kind === "exit" ? { ...event, exitCode: exitCodeOf(message.status) } : event;
  }

  /** The gaps in the numbers show each loss, once a later event arrives; the socket's own count needs none. */
  #tellLosses(session: Session): void {
    const known = Math.max(session.gaps.missing, session.socket.drops() ?? 0);
    this.#outlet.lose(known - session.told, "kernel_overrun");
    session.told = Math.max(known, session.told);
  }
}
