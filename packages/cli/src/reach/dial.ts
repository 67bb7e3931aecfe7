import { connect, type Socket } from "node:net";
import { exitCodes } from "../exit-codes.ts";
import { errnoOf, Failure } from "../failure.ts";
import type { SocketReach } from "./discover.ts";
import { isOwner, untrusted } from "./folder.ts";
import { peerUid } from "./peer.ts";

/** Connects to the socket; nothing is sent before the process at the other end is one that may be trusted. */
export async function dial(reach: SocketReach): Promise<Socket> {
  const socket = await connected(reach);
  try {
    checkPeer(socket, reach);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function connected(reach: SocketReach): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(reach.path);
    const fail = (error: Error): void => reject(unreachable(reach.shownPath, error));
    socket.once("error", fail);
    socket.once("connect", () => {
      socket.off("error", fail);
      resolve(socket);
    });
  });
}

/** Throws when the process at the other end is not one that may be trusted. */
export function checkPeer(socket: Socket, { allowedUids, shownPath }: SocketReach): void {
  if (allowedUids === undefined) return;
  const uid = readPeer(socket);
  if (uid === undefined) throw untrusted(`${shownPath} is not trusted: the system does not say who serves it`);
  if (!isOwner(uid, allowedUids)) throw untrusted(`${shownPath} is not trusted: uid ${uid} serves it`);
}

/** A peer that cannot be read (no FFI on this system) is refused like a foreign one. */
function readPeer(socket: Socket): number | undefined {
  try {
    return peerUid(socket);
  } catch {
    return undefined;
  }
}

/** The failure for a server that does not answer at `place`. */
export function unreachable(place: string, error: unknown): Failure {
  const code = errnoOf(error);
  const message = sentences[code ?? ""] ?? `no answer from ${place}`;
  const detail = code === undefined || code in sentences ? "" : ` (${code})`;
  return new Failure(exitCodes.unreachable, `${message.replace("%s", place)}${detail}`, hints[code ?? ""] ?? startHint);
}

const startHint = "is the server running? Start it with `holdfast up`, or look with `holdfast self-check`";

const sentences: Readonly<Record<string, string>> = {
  ENOENT: "there is no socket at %s",
  ECONNREFUSED: "nothing listens at %s",
  EACCES: "you may not open %s",
  EPERM: "you may not open %s",
};

const hints: Readonly<Record<string, string>> = {
  EACCES: "ask for membership in the group that owns the socket, or use HOLDFAST_ADDR with a token",
};
