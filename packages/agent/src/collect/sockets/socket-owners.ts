import { readdirSync } from "node:fs";
import type { Breath } from "../breath.ts";
import type { Accounts } from "../hosts/passwd.ts";
import type { ProcFiles } from "../proc/proc-files.ts";
import { withoutMark } from "../proc/facts.ts";

/** Descriptors of one process that are looked at; more than this are some program's own concern. */
const MAX_DESCRIPTORS = 4_096;
/** A socket is handed down to children: these many of its holders are told. */
const MAX_OWNERS = 8;
const SOCKET = "socket:[";

/** A process that holds a socket. */
export interface SocketOwner {
  readonly pid: number;
  readonly fd: number;
  readonly process_name: string;
  readonly process_path: string;
  readonly uid: number;
  readonly username: string;
}

export const NO_OWNER: SocketOwner = { pid: -1, fd: -1, process_name: "", process_path: "", uid: -1, username: "" };

/** Finds, of the sockets with these inodes, who holds them: a shell that was given its parent's connection is the one to see. */
export async function socketOwners(
  files: ProcFiles,
  inodes: ReadonlySet<number>,
  accounts: Accounts,
  breath: Breath,
): Promise<ReadonlyMap<number, readonly SocketOwner[]>> {
  const owners = new Map<number, SocketOwner[]>();
  if (inodes.size === 0) return owners;
  for (const pid of pidsIn(files.root)) {
    await breath.take();
    inFolder(files, pid, (folder) => {
      const held = socketsOf(files, folder, pid, inodes);
      if (held.size > 0) add(owners, held, pid, processOf(files, folder, accounts));
    });
  }
  return owners;
}

/** Processes in the order of their numbers. */
export function pidsIn(proc: string): readonly number[] {
  return readdirSync(proc)
    .filter((name) => /^[1-9]\d*$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** Reads from the folder of a process; nothing when it has ended. */
export function inFolder(files: ProcFiles, pid: number, read: (folder: number) => void): void {
  const folder = files.openFolder(pid);
  if (folder === undefined) return;
  try {
    read(folder);
  } finally {
    files.closeFolder(folder);
  }
}

function add(
  owners: Map<number, SocketOwner[]>,
  held: ReadonlyMap<number, number>,
  pid: number,
  who: Omit<SocketOwner, "pid" | "fd">,
): void {
  for (const [inode, fd] of held) {
    const known = owners.get(inode) ?? [];
    if (known.length < MAX_OWNERS) owners.set(inode, [...known, { pid, fd, ...who }]);
  }
}

/** Inodes that are among those wanted, each with the first descriptor that it has. */
function socketsOf(
  files: ProcFiles,
  folder: number,
  pid: number,
  inodes: ReadonlySet<number>,
): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const name of descriptorsOf(files.root, pid)) {
    const target = files.readLink(folder, `fd/${name}`);
    const inode = target.startsWith(SOCKET) ? Number(target.slice(SOCKET.length, -1)) : 0;
    if (inodes.has(inode) && !found.has(inode)) found.set(inode, Number(name));
  }
  return found;
}

function descriptorsOf(proc: string, pid: number): readonly string[] {
  try {
    return readdirSync(`${proc}/${pid}/fd`).slice(0, MAX_DESCRIPTORS);
  } catch {
    return []; // Ended, or another user's: its sockets are told without an owner.
  }
}

function processOf(files: ProcFiles, folder: number, accounts: Accounts): Omit<SocketOwner, "pid" | "fd"> {
  const length = files.read(folder, "status");
  const status = files.buffer.toString("utf8", 0, Math.max(0, length));
  const uid = Number(/^Uid:\t(\d+)/m.exec(status)?.[1] ?? -1);
  return {
    process_name: /^Name:\t(.*)$/m.exec(status)?.[1] ?? "",
    process_path: withoutMark(files.readLink(folder, "exe")),
    uid,
    username: uid < 0 ? "" : accounts.nameOf(uid),
  };
}
