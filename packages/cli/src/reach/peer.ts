import type { Socket } from "node:net";
import { loadNative } from "./native.ts";

const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
const credentialBytes = 12;

type Getsockopt = (fd: number, level: number, name: number, value: Buffer, length: Uint32Array) => number;
let getsockopt: Getsockopt | undefined;

/**
 * The uid of the process that listens on the other end of a connected Unix socket, by SO_PEERCRED, or undefined when
 * the kernel does not say. The kernel fixed it at listen(2): unlike the file's owner, nobody can set it afterwards.
 */
export function peerUid(socket: Socket): number | undefined {
  const fd = descriptorOf(socket);
  if (process.platform !== "linux" || fd === undefined) return undefined;
  getsockopt ??= bind();
  const credential = Buffer.alloc(credentialBytes);
  const length = new Uint32Array([credentialBytes]);
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, credential, length) !== 0) return undefined;
  return length[0] === credentialBytes ? credential.readUInt32LE(4) : undefined;
}

function bind(): Getsockopt {
  const prototype = "int getsockopt(int fd, int level, int name, _Out_ uint8_t *value, _Inout_ uint32_t *length)";
  return loadNative().load(null).func(prototype) as Getsockopt;
}

function descriptorOf(socket: Socket): number | undefined {
  const handle = (socket as unknown as { _handle?: { fd?: number } })._handle;
  return typeof handle?.fd === "number" && handle.fd >= 0 ? handle.fd : undefined;
}
