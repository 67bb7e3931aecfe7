import { CN_IDX_PROC, type ConnectorMessage, connectorRequest, decodeConnector } from "./message.ts";
import type { TimedEvent } from "../exec-looks.ts";
import { exitCodeOf } from "../exit-code.ts";
import { renameToSame } from "../heartbeat.ts";
import type { KernelClock } from "../system/kernel-clock.ts";
import type { FeedBatch, KernelFeed, Loss } from "../kernel-feed.ts";
import { KernelSource, type KernelSourceOptions } from "../kernel-source.ts";
import { decodeNetlink, encodeNetlink, NETLINK_DONE } from "../system/netlink-message.ts";
import { NetlinkSocket } from "../system/netlink-socket.ts";
import { missingPrivilege } from "../system/privileges.ts";
import { SequenceGaps } from "./sequence-gaps.ts";

const NETLINK_CONNECTOR = 11;
const socketOptions = { protocol: NETLINK_CONNECTOR, group: CN_IDX_PROC, maxMessageBytes: 256, batch: 64 } as const;
/** The kernel charges some 800 bytes for an event and doubles this number: 20,000 events while we are busy. */
const RECEIVE_BUFFER_BYTES = 8_388_608;

export interface ConnectorOptions extends KernelSourceOptions {
  readonly receiveBufferBytes?: number;
}

/** The process connector of the kernel (CONFIG_PROC_EVENTS): every fork, exec and exit, with numbers that show gaps. */
export function connectorSource(options: ConnectorOptions = {}): KernelSource {
  const { receiveBufferBytes = RECEIVE_BUFFER_BYTES } = options;
  const kind = {
    name: "connector",
    detail: "every fork, exec and exit, from the process connector",
    obstacle: () => missingPrivilege([], ["pid", "user"]) ?? obstacleOfSocket(receiveBufferBytes),
    open: () => new ConnectorFeed(receiveBufferBytes),
    beat: renameToSame,
    looks: true,
  } as const;
  return new KernelSource(kind, options);
}

/** Nothing, or throws: who may listen differs from kernel to kernel. */
function obstacleOfSocket(receiveBufferBytes: number): undefined {
  new NetlinkSocket({ ...socketOptions, receiveBufferBytes }).close();
}

class ConnectorFeed implements KernelFeed {
  readonly #socket: NetlinkSocket;
  readonly #gaps = new SequenceGaps();
  /** Losses that have been told. */
  #told = 0;

  constructor(receiveBufferBytes: number) {
    this.#socket = new NetlinkSocket({ ...socketOptions, receiveBufferBytes });
  }

  get descriptor(): number {
    return this.#socket.descriptor;
  }

  async begin(): Promise<void> {
    this.#request("listen");
  }

  read(clock: KernelClock): FeedBatch {
    const { received, truncated } = this.#socket.receive();
    const messages = received.flatMap((datagram) => decodeNetlink(datagram).messages);
    const decoded = messages.map((message) => decodeConnector(message.payload));
    const known = decoded.filter((message) => message !== undefined);
    for (const { sequence, processor } of known) if (sequence !== undefined) this.#gaps.note(processor, sequence);
    const malformed = { count: truncated + decoded.length - known.length, reason: "malformed" };
    return {
      events: known.map((message) => eventOf(message, clock)).filter((event) => event !== undefined),
      losses: [malformed, this.#overrun(0)],
      isHeard: known.length > 0,
      isEmpty: received.length === 0,
    };
  }

  async check(): Promise<readonly Loss[]> {
    return [this.#overrun(this.#socket.drops() ?? 0)];
  }

  async close(): Promise<void> {
    try {
      // Older kernels go on making events for nobody when they are not told to stop.
      this.#request("ignore");
    } finally {
      this.#socket.close();
    }
  }

  #request(wants: "listen" | "ignore"): void {
    this.#socket.send(encodeNetlink({ type: NETLINK_DONE, flags: 0, sequence: 0, payload: connectorRequest(wants) }));
  }

  /** The gaps in the numbers show each loss, once a later event arrives; the socket's own count needs none. */
  #overrun(drops: number): Loss {
    const count = Math.max(this.#gaps.missing - this.#told, drops - this.#told, 0);
    this.#told += count;
    return { count, reason: "kernel_overrun" };
  }
}

/** Undefined for what is no event of a process: those of threads, and what is only read for its numbers. */
function eventOf(message: ConnectorMessage, clock: KernelClock): TimedEvent | undefined {
  if (message.kind === "other" || message.pid !== message.thread) return undefined;
  const timeNs = clock.bootOfMonotonic(message.monotonicNs);
  const event = {
    type: message.kind,
    source: "connector",
    pid: message.pid,
    timeNs,
    timeMs: clock.unixMs(timeNs),
  } as const;
  if (message.kind === "fork") return { ...event, parent: message.parent };
  return message.kind === "exit" ? { ...event, exitCode: exitCodeOf(message.status) } : event;
}
