import koffi from "koffi";

/** Linux <sys/socket.h>; the same on x86-64 and arm64. */
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
/** Room for a path in `sockaddr_un`. */
const MAX_PATH_BYTES = 108;

/** What became of a message: an errno where it did not arrive. */
export type Sent = { readonly ok: true } | { readonly ok: false; readonly errno: number };

/** A Unix datagram socket that sends to one place. Node has none of its own, and a helper program would be another pid. */
export interface DatagramSocket {
  /** Never waits: a full queue at the other end is `EAGAIN`. */
  send(message: string): Sent;
  close(): void;
}

/** Bytes of a `sockaddr_un`; a leading `@` stands for the zero byte of an abstract address. Undefined when none fits. */
export function socketAddress(place: string): Buffer | undefined {
  const isAbstract = place.startsWith("@");
  if (!isAbstract && !place.startsWith("/")) return undefined;
  const path = Buffer.from(isAbstract ? `\0${place.slice(1)}` : `${place}\0`, "utf8");
  const isFit = path.length > 1 && path.length <= MAX_PATH_BYTES && !place.includes("\0");
  if (!isFit) return undefined;
  const family = Buffer.alloc(2);
  if (isLittleEndian) family.writeUInt16LE(AF_UNIX);
  else family.writeUInt16BE(AF_UNIX);
  return Buffer.concat([family, path]);
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Opens a socket towards an address made by `socketAddress`; throws where the system has no room for one. */
export function openDatagramSocket(address: Buffer): DatagramSocket {
  const libc = koffi.load("libc.so.6");
  const socket = libc.func("int socket(int domain, int type, int protocol)");
  const close = libc.func("int close(int fd)");
  const sendto = libc.func(
    "long sendto(int fd, const uint8_t *message, size_t length, int flags, const uint8_t *address, uint32_t addressLength)",
  );
  const descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) as number;
  if (descriptor < 0) throw new Error(`no socket can be opened (errno ${koffi.errno()})`);
  let isOpen = true;
  return {
    send(message) {
      const bytes = Buffer.from(message, "utf8");
      const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
      const sent = sendto(descriptor, bytes, bytes.length, flags, address, address.length) as number | bigint;
      return Number(sent) === bytes.length ? { ok: true } : { ok: false, errno: koffi.errno() };
    },
    close() {
      // A number that was closed may soon be somebody else's file.
      if (isOpen) close(descriptor);
      isOpen = false;
    },
  };
}
