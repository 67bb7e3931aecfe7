import koffi from "koffi";
import { socketAddress } from "./datagram-socket.ts";

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const MSG_DONTWAIT = 0x40;

/** The other end of NOTIFY_SOCKET: a datagram is in its queue as soon as the sender's call has returned. */
export interface Receiver {
  /** What has arrived since the last look. */
  messages(): readonly string[];
  close(): void;
}

/** Listens at a path, or at an abstract address that begins with `@`. */
export function receiveAt(place: string): Receiver {
  const libc = koffi.load("libc.so.6");
  const descriptor = libc.func("int socket(int domain, int type, int protocol)")(AF_UNIX, SOCK_DGRAM, 0) as number;
  const bind = libc.func("int bind(int fd, const uint8_t *address, uint32_t length)");
  const recv = libc.func("long recv(int fd, _Out_ uint8_t *buffer, size_t length, int flags)");
  const close = libc.func("int close(int fd)");
  const address = socketAddress(place)!;
  if (bind(descriptor, address, address.length) !== 0) throw new Error(`cannot listen (errno ${koffi.errno()})`);
  return {
    messages() {
      const messages: string[] = [];
      const buffer = Buffer.alloc(4_096);
      for (;;) {
        const length = Number(recv(descriptor, buffer, buffer.length, MSG_DONTWAIT));
        if (length < 0) return messages;
        messages.push(buffer.toString("utf8", 0, length));
      }
    },
    close: () => void close(descriptor),
  };
}
