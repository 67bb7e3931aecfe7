import {
  acknowledgedError,
  decodeNetlink,
  encodeNetlink,
  NETLINK_ACKNOWLEDGE,
  NETLINK_DONE,
  NETLINK_REQUEST,
  type NetlinkMessage,
} from "../system/netlink-message.ts";
import { NetlinkSocket } from "../system/netlink-socket.ts";
import { type StopWatching, watchDescriptor } from "../system/watch-descriptor.ts";
import { type AuditStatus, decodeStatus, encodeStatus } from "./status.ts";

export const NETLINK_AUDIT = 9;
const AUDIT_GET = 1000;
const AUDIT_SET = 1001;
const AUDIT_ADD_RULE = 1011;
const AUDIT_DEL_RULE = 1012;
const AUDIT_LIST_RULES = 1013;
const TIMEOUT_MS = 5000;
/** More than anybody can live with. */
const MAX_RULES = 16_384;
const ENOENT = 2;
const EEXIST = 17;

interface Waiting {
  readonly isLast: (message: NetlinkMessage) => boolean;
  readonly answers: NetlinkMessage[];
  readonly resolve: (answers: NetlinkMessage[]) => void;
  readonly reject: (reason: Error) => void;
}

/** Asks the audit system of the kernel, and changes its rules. Needs CAP_AUDIT_CONTROL. */
export class AuditControl {
  readonly #socket: NetlinkSocket;
  readonly #stopWatching: StopWatching;
  readonly #waiting = new Map<number, Waiting>();
  #sequence = 0;

  constructor() {
    this.#socket = new NetlinkSocket({
      protocol: NETLINK_AUDIT,
      group: 0,
      receiveBufferBytes: 1_048_576,
      maxMessageBytes: 16_384,
      batch: 4,
    });
    this.#stopWatching = watchDescriptor(
      this.#socket.descriptor,
      () => this.#receive(),
      () => this.#giveUp(new Error("the audit system cannot be listened to any more")),
    );
  }

  async status(): Promise<AuditStatus> {
    const answers = await this.#ask(AUDIT_GET, Buffer.alloc(0), (message) => message.type === AUDIT_GET);
    const status = decodeStatus(answers.at(-1)?.payload ?? Buffer.alloc(0));
    if (status === undefined) throw new Error("the audit system gives no status");
    return status;
  }

  /** Changes what is given. */
  async set(changes: Parameters<typeof encodeStatus>[0]): Promise<void> {
    const error = await this.#command(AUDIT_SET, encodeStatus(changes));
    if (error !== 0) throw new Error(`the audit system refuses the setting (errno ${error})`);
  }

  /** All rules, in the kernel's form. */
  async rules(): Promise<Buffer[]> {
    const answers = await this.#ask(AUDIT_LIST_RULES, Buffer.alloc(0), (message) => message.type === NETLINK_DONE);
    return answers.filter((message) => message.type === AUDIT_LIST_RULES).map((message) => message.payload);
  }

  /** Adds a rule behind all others; one that is there already is fine. Returns whether the kernel took it. */
  async add(rule: Buffer): Promise<boolean> {
    const error = await this.#command(AUDIT_ADD_RULE, rule);
    return error === 0 || error === EEXIST;
  }

  async remove(rule: Buffer): Promise<void> {
    const error = await this.#command(AUDIT_DEL_RULE, rule);
    if (error !== 0 && error !== ENOENT) throw new Error(`the audit system keeps a rule (errno ${error})`);
  }

  /** Removes rules at once, without the answer: the kernel serves it during the call. For a process that is ending. */
  removeNow(rules: readonly Buffer[]): void {
    for (const rule of rules) this.#send(AUDIT_DEL_RULE, rule);
  }

  close(): void {
    this.#stopWatching();
    this.#socket.close();
    this.#giveUp(new Error("the audit system is not asked any more"));
  }

  async #command(type: number, payload: Buffer): Promise<number> {
    const answers = await this.#ask(type, payload, (message) => acknowledgedError(message) !== undefined);
    const last = answers.at(-1);
    const error = last === undefined ? undefined : acknowledgedError(last);
    if (error === undefined) throw new Error("the audit system does not answer");
    return error;
  }

  /** Answers up to the last one, or up to an error. Rejects when they do not come. */
  async #ask(type: number, payload: Buffer, isLast: Waiting["isLast"]): Promise<NetlinkMessage[]> {
    const { promise, resolve, reject } = Promise.withResolvers<NetlinkMessage[]>();
    const sequence = this.#send(type, payload);
    const timeout = setTimeout(() => reject(new Error("the audit system does not answer")), TIMEOUT_MS);
    this.#waiting.set(sequence, { isLast, answers: [], resolve, reject });
    try {
      return await promise;
    } finally {
      clearTimeout(timeout);
      this.#waiting.delete(sequence);
    }
  }

  #send(type: number, payload: Buffer): number {
    this.#sequence += 1;
    const flags = NETLINK_REQUEST | NETLINK_ACKNOWLEDGE;
    this.#socket.send(encodeNetlink({ type, flags, sequence: this.#sequence, payload }));
    return this.#sequence;
  }

  #receive(): void {
    try {
      for (let messages = this.#next(); messages.length > 0; messages = this.#next()) {
        for (const message of messages) this.#answer(message);
      }
    } catch (error) {
      this.#giveUp(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #next(): NetlinkMessage[] {
    return this.#socket.receive().received.flatMap((datagram) => decodeNetlink(datagram).messages);
  }

  #giveUp(reason: Error): void {
    for (const waiting of this.#waiting.values()) waiting.reject(reason);
    this.#waiting.clear();
  }

  #answer(message: NetlinkMessage): void {
    const waiting = this.#waiting.get(message.sequence);
    if (waiting === undefined) return;
    // The bytes are the socket's: they are overwritten by the next call.
    if (waiting.answers.length < MAX_RULES) waiting.answers.push({ ...message, payload: Buffer.from(message.payload) });
    const error = acknowledgedError(message) ?? 0;
    if (error !== 0 || waiting.isLast(message)) waiting.resolve(waiting.answers);
  }
}
