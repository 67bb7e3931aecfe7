import { allocate, lastErrno, libc, type SystemMemory, systemCallError } from "./libc.ts";

/** <bits/socket.h>, <asm-generic/socket.h> and <linux/netlink.h>; the same on x86-64 and arm64. */
const AF_NETLINK = 16;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0x800;
const SOCK_CLOEXEC = 0x8_0000;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_RCVBUFFORCE = 33;
const SO_MEMINFO = 55;
const SK_MEMINFO_DROPS = 8;
const MEMINFO_BYTES = 36;
const SOL_NETLINK = 270;
const NETLINK_ADD_MEMBERSHIP = 1;
const NETLINK_NO_ENOBUFS = 5;
const MSG_TRUNC = 0x20;
const MSG_DONTWAIT = 0x40;

/** struct mmsghdr, iovec and sockaddr_nl of a 64 bit kernel. */
const HEADER_BYTES = 64;
const VECTOR_BYTES = 16;
const ADDRESS_BYTES = 12;

export interface NetlinkOptions {
  readonly protocol: number;
  /** Multicast group to listen to; 0 for none. */
  readonly group: number;
  /** How much the kernel may keep for us, in bytes. It takes memory only while we are behind. */
  readonly receiveBufferBytes: number;
  readonly maxMessageBytes: number;
  /** Messages that one call fetches. */
  readonly batch: number;
}

/** What one call fetched: views that hold until the next call, and how many messages did not fit. */
export interface Datagrams {
  readonly received: readonly Buffer[];
  readonly truncated: number;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

/** A netlink socket that never blocks, reads many messages at a call, and believes the kernel only. */
export class NetlinkSocket {
  readonly descriptor: number;
  readonly #options: NetlinkOptions;
  readonly #memory: SystemMemory;
  #isOpen = true;

  /** Throws an error in Node's form with the code of the call that failed. */
  constructor(options: NetlinkOptions) {
    this.#options = options;
    this.descriptor = libc().socket(AF_NETLINK, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, options.protocol);
    if (this.descriptor < 0) throw systemCallError("socket");
    this.#memory = allocate(options.batch * (HEADER_BYTES + VECTOR_BYTES + ADDRESS_BYTES + options.maxMessageBytes));
    try {
      this.#prepareHeaders();
      this.#configure();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #configure(): void {
    const { group, receiveBufferBytes } = this.#options;
    const size = int32(receiveBufferBytes);
    // Beyond the system's limit with CAP_NET_ADMIN, else up to it.
    if (libc().setsockopt(this.descriptor, SOL_SOCKET, SO_RCVBUFFORCE, size, size.length) !== 0) {
      libc().setsockopt(this.descriptor, SOL_SOCKET, SO_RCVBUF, size, size.length);
    }
    // An overrun would else end the poll and stop delivery until all is read; drops() tells of it exactly.
    if (libc().setsockopt(this.descriptor, SOL_NETLINK, NETLINK_NO_ENOBUFS, int32(1), 4) !== 0) {
      throw systemCallError("setsockopt");
    }
    const address = Buffer.alloc(ADDRESS_BYTES);
    address.writeUInt16LE(AF_NETLINK, 0);
    if (libc().bind(this.descriptor, address, address.length) !== 0) throw systemCallError("bind");
    if (group === 0) return;
    if (libc().setsockopt(this.descriptor, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, int32(group), 4) !== 0) {
      throw systemCallError("setsockopt", { EPERM: "the right to listen is missing" });
    }
  }

  /** One array of mmsghdr, each with its iovec, sender and room for the message. */
  #prepareHeaders(): void {
    const { batch, maxMessageBytes } = this.#options;
    const { address, bytes } = this.#memory;
    for (let index = 0; index < batch; index += 1) {
      const header = index * HEADER_BYTES;
      const vector = batch * HEADER_BYTES + index * VECTOR_BYTES;
      bytes.writeBigUInt64LE(address + BigInt(this.#senderAt(index)), header);
      bytes.writeUInt32LE(ADDRESS_BYTES, header + 8);
      bytes.writeBigUInt64LE(address + BigInt(vector), header + 16);
      bytes.writeBigUInt64LE(1n, header + 24);
      bytes.writeBigUInt64LE(address + BigInt(this.#messageAt(index)), vector);
      bytes.writeBigUInt64LE(BigInt(maxMessageBytes), vector + 8);
    }
  }

  #senderAt(index: number): number {
    return this.#options.batch * (HEADER_BYTES + VECTOR_BYTES) + index * ADDRESS_BYTES;
  }

  #messageAt(index: number): number {
    const { batch, maxMessageBytes } = this.#options;
    return batch * (HEADER_BYTES + VECTOR_BYTES + ADDRESS_BYTES) + index * maxMessageBytes;
  }

  /** Sends to the kernel. */
  send(bytes: Uint8Array): void {
    if (libc().send(this.descriptor, bytes, bytes.length, 0) < 0) {
      throw systemCallError("send", { ECONNREFUSED: "the kernel does not serve this in this network namespace" });
    }
  }

  /** Fetches what waits, up to a batch. Nothing waits: an empty answer. */
  receive(): Datagrams {
    const { batch } = this.#options;
    const count = libc().recvmmsg(this.descriptor, this.#memory.address, batch, MSG_DONTWAIT, null);
    if (count >= 0) return this.#received(count);
    const code = lastErrno();
    if (code === "EAGAIN" || code === "EINTR") return { received: [], truncated: 0 };
    throw systemCallError("recvmmsg");
  }

  #received(count: number): Datagrams {
    const { bytes } = this.#memory;
    const received: Buffer[] = [];
    let truncated = 0;
    for (let index = 0; index < count; index += 1) {
      const header = index * HEADER_BYTES;
      // Programs with the right to do so can send to our port too: only port 0 is the kernel.
      const isKernel = bytes.readUInt32LE(this.#senderAt(index) + 4) === 0;
      const isTruncated = (bytes.readUInt32LE(header + 48) & MSG_TRUNC) !== 0;
      const start = this.#messageAt(index);
      if (isKernel && isTruncated) truncated += 1;
      else if (isKernel) received.push(bytes.subarray(start, start + bytes.readUInt32LE(header + 56)));
    }
    return { received, truncated };
  }

  /** Messages that the kernel had no room for since the socket was opened; undefined where it does not say. */
  drops(): number | undefined {
    const info = Buffer.alloc(MEMINFO_BYTES);
    const length = [MEMINFO_BYTES];
    if (libc().getsockopt(this.descriptor, SOL_SOCKET, SO_MEMINFO, info, length) !== 0) return undefined;
    if (length[0] !== undefined && length[0] < MEMINFO_BYTES) return undefined;
    return info.readUInt32LE(SK_MEMINFO_DROPS * 4);
  }

  /** May be called again. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    libc().close(this.descriptor);
    this.#memory.free();
  }
}
