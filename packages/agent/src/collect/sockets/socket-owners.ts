import { readdir, readlink } from "node:fs/promises";
import { readBounded } from "../bounded-file.ts";
import type { Accounts } from "../hosts/passwd.ts";

/** Descriptors of one process that are looked at; more than this are some program's own concern. */
const MAX_DESCRIPTORS = 4_096;
/** A socket is handed down to children: these many of its holders are told. */
const MAX_OWNERS = 8;
const MAX_STATUS_BYTES = 8 * 1024;
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
  proc: string,
  inodes: ReadonlySet<number>,
  accounts: Accounts,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, readonly SocketOwner[]>> {
  const owners = new Map<number, SocketOwner[]>();
  for (const pid of await pidsIn(proc)) {
    signal.throwIfAborted();
    const held = await socketsOf(proc, pid, inodes);
    if (held.size === 0) continue;
    const who = await processOf(proc, pid, accounts);
    for (const [inode, fd] of held) {
      const known = owners.get(inode) ?? [];
      if (known.length < MAX_OWNERS) owners.set(inode, [...known, { pid: Number(pid), fd, ...who }]);
    }
  }
  return owners;
}

/** Processes in the order of their numbers. */
export async function pidsIn(proc: string): Promise<readonly string[]> {
  const names = await readdir(proc);
  return names.filter((name) => /^[1-9]\d*$/.test(name)).sort((a, b) => Number(a) - Number(b));
}

/** Inodes that are among those wanted, each with the first descriptor that it has. */
async function socketsOf(proc: string, pid: string, inodes: ReadonlySet<number>): Promise<ReadonlyMap<number, number>> {
  // Ended, or another user's: its sockets are told without an owner.
  const names = await readdir(`${proc}/${pid}/fd`).catch(() => []);
  const links = names.slice(0, MAX_DESCRIPTORS).map((name) => readlink(`${proc}/${pid}/fd/${name}`).catch(() => ""));
  const found = new Map<number, number>();
  for (const [index, target] of (await Promise.all(links)).entries()) {
    const inode = target.startsWith(SOCKET) ? Number(target.slice(SOCKET.length, -1)) : 0;
    if (inodes.has(inode) && !found.has(inode)) found.set(inode, Number(names[index]));
  }
  return found;
}

async function processOf(proc: string, pid: string, accounts: Accounts): Promise<Omit<SocketOwner, "pid" | "fd">> {
  const status = (await readBounded(`${proc}/${pid}/status`, { maxBytes: MAX_STATUS_BYTES }))?.text ?? "";
  const uid = Number(/^Uid:\t(\d+)/m.exec(status)?.[1] ?? -1);
  return {
    process_name: /^Name:\t(.*)$/m.exec(status)?.[1] ?? "",
    process_path: (await readlink(`${proc}/${pid}/exe`).catch(() => "")).replace(/ \(deleted\)$/, ""),
    uid,
    username: uid < 0 ? "" : accounts.nameOf(uid),
  };
}
