import type { Socket } from "node:net";
import koffi from "koffi";

/** Linux <asm-generic/socket.h>; the same on x86-64 and arm64. */
const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
const UCRED_BYTES = 12;
/** What the kernel reports for an id that has no mapping in this user namespace: nobody may be taken for it. */
const OVERFLOW_UID = 65_534;
/** `(uid_t) -1`: what is reported for a socket that has no peer credentials. */
const NO_UID = 0xffff_ffff;

const getsockopt = koffi
  .load("libc.so.6")
  .func("int getsockopt(int fd, int level, int name, _Out_ uint8_t *value, _Inout_ uint32_t *length)");

/** File descriptor of a connected socket; Node keeps it on the handle. */
function descriptorOf(socket: Socket): number {
  const handle = (socket as unknown as { _handle?: { fd?: number } | null })._handle;
  return handle?.fd ?? -1;
}

/**
 * The uid of the process that connected, as the kernel recorded it at connect time (unix(7), SO_PEERCRED); undefined
 * when it cannot be had or means nothing here. Read once, at accept.
 */
export function peerUid(socket: Socket): number | undefined {
  const descriptor = descriptorOf(socket);
  if (descriptor < 0) return undefined;
  const credentials = Buffer.alloc(UCRED_BYTES);
  const length = [UCRED_BYTES];
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, credentials, length) !== 0) return undefined;
  return believableUid(credentials.readUInt32LE(4));
}

/** Undefined for ids that stand for nobody, or for everybody whom this namespace does not know. */
export function believableUid(uid: number): number | undefined {
  return uid === OVERFLOW_UID || uid === NO_UID ? undefined : uid;
}
