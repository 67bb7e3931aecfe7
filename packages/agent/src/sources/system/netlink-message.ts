/** Layout of <linux/netlink.h>: length, type, flags, sequence, port; all in the byte order of the machine. */
const HEADER_BYTES = 16;
const ALIGNMENT = 4;

/** NLMSG_ERROR: an error number, 0 for an acknowledgement. */
export const NETLINK_ERROR = 2;
/** NLMSG_DONE: connectors send their messages as this type, dumps end with it. */
export const NETLINK_DONE = 3;
export const NETLINK_REQUEST = 0x01;
export const NETLINK_ACKNOWLEDGE = 0x04;

/** One message of a datagram; the payload is a view of the datagram. */
export interface NetlinkMessage {
  readonly type: number;
  readonly sequence: number;
  readonly payload: Buffer;
}

/** Bytes of a message with its header. */
export function encodeNetlink(message: NetlinkMessage & { flags: number }): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES + message.payload.length);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeUInt16LE(message.type, 4);
  bytes.writeUInt16LE(message.flags, 6);
  bytes.writeUInt32LE(message.sequence, 8);
  message.payload.copy(bytes, HEADER_BYTES);
  return bytes;
}

/** Messages of a datagram, and whether it ended in the middle of one. Never throws. */
export function decodeNetlink(datagram: Buffer): { messages: NetlinkMessage[]; isTruncated: boolean } {
  const messages: NetlinkMessage[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= datagram.length) {
    const length = datagram.readUInt32LE(at);
    if (length < HEADER_BYTES || at + length > datagram.length) return { messages, isTruncated: true };
    messages.push({
      type: datagram.readUInt16LE(at + 4),
      sequence: datagram.readUInt32LE(at + 8),
      payload: datagram.subarray(at + HEADER_BYTES, at + length),
    });
    at += Math.ceil(length / ALIGNMENT) * ALIGNMENT;
  }
  return { messages, isTruncated: at < datagram.length };
}

/** Error number of an acknowledgement, 0 when the request was served; undefined for other messages. */
export function acknowledgedError(message: NetlinkMessage): number | undefined {
  if (message.type !== NETLINK_ERROR || message.payload.length < 4) return undefined;
  return Math.abs(message.payload.readInt32LE(0));
}
