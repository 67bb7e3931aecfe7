import { readFileSync } from "node:fs";
import { AuditAssembly, type AuditEvent } from "./assembly.ts";
import { NETLINK_AUDIT } from "./control.ts";
import { auditRules, beatCall } from "./rule.ts";
import { AuditRules } from "./rules.ts";
import type { TimedEvent } from "../exec-looks.ts";
import type { KernelClock } from "../system/kernel-clock.ts";
import type { FeedBatch, KernelFeed, Loss } from "../kernel-feed.ts";
import { KernelSource, type KernelSourceOptions } from "../kernel-source.ts";
import { libc } from "../system/libc.ts";
import { decodeNetlink } from "../system/netlink-message.ts";
import { NetlinkSocket } from "../system/netlink-socket.ts";
import { missingPrivilege } from "../system/privileges.ts";

const AUDIT_NLGRP_READLOG = 1;
const socketOptions = {
  protocol: NETLINK_AUDIT,
  group: AUDIT_NLGRP_READLOG,
  // MAX_AUDIT_MESSAGE_LENGTH is 8970.
  maxMessageBytes: 9216,
  batch: 64,
} as const;

const RECEIVE_BUFFER_BYTES = 8_388_608;

export interface AuditOptions extends KernelSourceOptions {
  readonly receiveBufferBytes?: number;
}

/**
 * The audit system of the kernel, for the full command line of every exec. It listens beside the audit daemon, if there
 * is one, and does not become one. Ends by a signal make no record, and clone3(2) hides whether it makes a process or a
 * thread: those exits and forks are not told of.
 */
export function auditSource(options: AuditOptions = {}): KernelSource {
  const { receiveBufferBytes = RECEIVE_BUFFER_BYTES } = options;
  const openSocket = (): NetlinkSocket => new NetlinkSocket({ ...socketOptions, receiveBufferBytes });
  const kind = {
    name: "audit",
    detail: "every exec with its arguments, forks and exits in part, from the audit system",
    obstacle: () => obstacle(openSocket),
    open: () => new AuditFeed(options.proc ?? "/proc", openSocket()),
    beat: () => libc().syscall(beatCall() ?? -1, 0, 0n, 0),
    looks: false,
  } as const;
  return new KernelSource(kind, { checkSeconds: 5, ...options });
}

function obstacle(openSocket: () => NetlinkSocket): string | undefined {
  if (auditRules("", 0).length === 0) return `not for ${process.arch}`;
  const missing = missingPrivilege(["CAP_AUDIT_CONTROL", "CAP_AUDIT_READ"], ["pid", "user"]);
  if (missing === undefined) openSocket().close();
  return missing;
}

class AuditFeed implements KernelFeed {
  readonly #proc: string;
  readonly #socket: NetlinkSocket;
  readonly #assembly = new AuditAssembly();
  readonly #rules: AuditRules;
  #drops = 0;
  /** What the kernel had lost when it was asked last. */
  #kernelLost: number | undefined;

  constructor(proc: string, socket: NetlinkSocket) {
    this.#proc = proc;
    this.#socket = socket;
    try {
      this.#rules = new AuditRules();
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  get descriptor(): number {
    return this.#socket.descriptor;
  }

  async begin(): Promise<void> {
    await this.#rules.begin();
  }

  read(clock: KernelClock): FeedBatch {
    const { received, truncated } = this.#socket.receive();
    const records = received.flatMap((datagram) => decodeNetlink(datagram).messages);
    const audited = records
      .map(({ type, payload }) => this.#assembly.add(type, payload))
      .filter((event) => event !== undefined);
    return {
      events: audited.map((event) => this.#eventOf(event, clock)).filter((event) => event !== undefined),
      losses: [{ count: truncated + this.#assembly.takeBroken(), reason: "malformed" }],
      isHeard: audited.length > 0,
      isEmpty: received.length === 0,
    };
  }

  async check(): Promise<readonly Loss[]> {
    const { removed, lost } = await this.#rules.check();
    const count = lost - (this.#kernelLost ?? lost);
    this.#kernelLost = lost;
    return [this.#overrun(), { count: removed, reason: "rule_removed" }, { count, reason: "records_lost_by_kernel" }];
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.#rules.end();
  }

  /** Records, of which an exec has some eight and an exit two. */
  #overrun(): Loss {
    const drops = this.#socket.drops() ?? 0;
    const count = drops - this.#drops;
    this.#drops = drops;
    return { count, reason: "records_overrun" };
  }

  #eventOf({ act, unixMs, result, argument, ...known }: AuditEvent, clock: KernelClock): TimedEvent | undefined {
    const time = { source: "audit", timeMs: unixMs, timeNs: clock.bootOfUnix(unixMs) } as const;
    if (act === "exec") return { ...known, ...time, type: "exec" };
    if (act === "exit") return { ...known, ...time, type: "exit", exitCode: (argument ?? 0) & 0xff };
    if (act === "beat" || result === undefined || !this.#isChild(result, known.pid)) return undefined;
    const { cwd: _, ...inherited } = known;
    return { ...inherited, ...time, type: "fork", pid: result, parent: known.pid };
  }

  /** What fork returned counts in its caller's pid namespace: only what is seen as its child here is taken for one. */
  #isChild(pid: number, parent: number): boolean {
    try {
      const status = readFileSync(`${this.#proc}/${pid}/status`, "utf8");
      return status.includes(`\nTgid:\t${pid}\n`) && status.includes(`\nPPid:\t${parent}\n`);
    } catch {
      return false;
    }
  }
}
