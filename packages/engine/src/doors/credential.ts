import type { Server, Socket } from "node:net";
import type { Credential } from "../gate/dependencies.ts";

export type PeerUid = (socket: Socket) => number | undefined;

const uids = new WeakMap<Socket, number>();

/**
 * Reads who connected once, at accept: asked later, another process might hold the socket. A connection of nobody known
 * is closed before a byte of it is read.
 */
export function readPeersAtAccept(server: Server, peerUid: PeerUid): void {
  server.on("connection", (socket: Socket) => {
    const uid = known(socket, peerUid);
    if (uid === undefined) socket.destroy();
    else uids.set(socket, uid);
  });
}

function known(socket: Socket, peerUid: PeerUid): number | undefined {
  try {
    return peerUid(socket);
  } catch {
    return undefined;
  }
}

const BEARER = /^bearer +(\S+)$/i;

/**
 * A presented credential replaces the peer's identity, and an invalid one never falls back to it. Two of
 * them are none that holds: whoever forwarded the call may have looked at the other.
 */
export function credentialOf(authorization: string | undefined, isRepeated: boolean, socket: Socket): Credential {
  if (authorization !== undefined) {
    return { kind: "token", token: (!isRepeated && BEARER.exec(authorization)?.[1]) || "" };
  }
  const uid = uids.get(socket);
  return uid === undefined ? { kind: "none" } : { kind: "peer", uid };
}
