import { readFileSync } from "node:fs";
import { join } from "node:path";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { checkSocketFile, holdFolder } from "./folder.ts";

/** A Unix socket to talk to. `allowedUids` is whom its server must run as; undefined when the user named the socket. */
export interface SocketReach {
  readonly via: "socket";
  readonly path: string;
  /** How messages call it; `path` may lead through a held descriptor. */
  readonly shownPath: string;
  readonly allowedUids: readonly number[] | undefined;
}

export interface Places {
  readonly folder: string;
  readonly systemFolder: string;
  readonly uid: number;
}

/** Where sockets are looked for when none is named: the current folder's data folder, then the system's. */
export function placesOf(workingFolder: string): Places {
  return {
    folder: join(workingFolder, ".holdfast"),
    systemFolder: "/run/holdfast",
    uid: process.geteuid?.() ?? -1,
  };
}

/**
 * Finds a socket that nobody named. A folder that is there but not trusted ends the search, and so does one whose
 * server is not running: silently going on to the system's server would write to a place the user did not mean.
 */
export function discover(places: Places): SocketReach {
  return inCurrentFolder(places) ?? inSystemFolder(places) ?? nowhere(places);
}

function inCurrentFolder({ folder, uid }: Places): SocketReach | undefined {
  const held = holdFolder(folder, [uid]);
  if (held === undefined) return undefined;
  const shownPath = join(folder, "socket");
  if (!checkSocketFile(held.at("socket"), shownPath, [uid])) {
    throw new Failure(
      exitCodes.unreachable,
      `no server runs on ${folder}`,
      "start it with `holdfast up`, or name another with HOLDFAST_SOCKET or HOLDFAST_ADDR",
    );
  }
  return { via: "socket", path: held.at("socket"), shownPath, allowedUids: [uid] };
}

function inSystemFolder({ systemFolder }: Places): SocketReach | undefined {
  return systemSocket(systemFolder, "holdfast");
}

/** The socket in a system's folder, when root or the user of the service keeps folder and socket. */
export function systemSocket(systemFolder: string, user: string): SocketReach | undefined {
  const owners = [0, ...userIds(user)];
  const held = holdFolder(systemFolder, owners);
  if (held === undefined) return undefined;
  const shownPath = join(systemFolder, "socket");
  if (!checkSocketFile(held.at("socket"), shownPath, owners)) return undefined;
  return { via: "socket", path: held.at("socket"), shownPath, allowedUids: owners };
}

function nowhere({ folder, systemFolder }: Places): never {
  throw new Failure(
    exitCodes.unreachable,
    `no server found: there is neither ${folder} nor ${systemFolder}/socket`,
    "start one with `holdfast up`, or name one with HOLDFAST_ADDR or HOLDFAST_SOCKET",
  );
}

/** The uid of the user that a system-wide service runs as. */
function userIds(user: string): number[] {
  try {
    const accounts = readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .map((line) => line.split(":"));
    const uid = accounts.find(([name]) => name === user)?.[2];
    return uid !== undefined && /^\d+$/.test(uid) ? [Number(uid)] : [];
  } catch {
    return [];
  }
}
