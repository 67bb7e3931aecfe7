import { readdirSync, readlinkSync } from "node:fs";
import { readFileText } from "../hosts/read-file.ts";
import type { Accounts } from "../hosts/passwd.ts";

/** Descriptors of one process that are looked at; more than this are some program's own concern. */
const MAX_DESCRIPTORS = 4_096;
const PROCESSES_BETWEEN_PAUSES = 32;
const MAX_STATUS_BYTES = 8 * 1024;

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

/** Finds, of the sockets with these inodes, who holds them; the first process that does, where several share one. */
export async function socketOwners(
  proc: string,
  inodes: ReadonlySet<number>,
  accounts: Accounts,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, SocketOwner>> {
  const owners = new Map<number, SocketOwner>();
  let looked = 0;
  for (const pid of pidsIn(proc)) {
    if (owners.size >= inodes.size) break;
    // A host may have a million descriptors: others get their turn in between.
    if (++looked % PROCESSES_BETWEEN_PAUSES === 0) await new Promise(setImmediate);
    signal.throwIfAborted();
    const held = socketsOf(proc, pid, inodes).filter(({ inode }) => !owners.has(inode));
    if (held.length === 0) continue;
    const who = processOf(proc, pid, accounts);
    for (const { inode, fd } of held) owners.set(inode, { pid: Number(pid), fd, ...who });
  }
  return owners;
}

const pidsIn = (proc: string): readonly string[] => readdirSync(proc).filter((name) => /^[1-9]\d*$/.test(name));

function socketsOf(proc: string, pid: string, inodes: ReadonlySet<number>): { inode: number; fd: number }[] {
  const found: { inode: number; fd: number }[] = [];
  for (const name of descriptorsOf(proc, pid)) {
    const inode = socketInode(`${proc}/${pid}/fd/${name}`);
    if (inode !== undefined && inodes.has(inode)) found.push({ inode, fd: Number(name) });
  }
  return found;
}

function descriptorsOf(proc: string, pid: string): readonly string[] {
  try {
    return readdirSync(`${proc}/${pid}/fd`).slice(0, MAX_DESCRIPTORS);
  } catch {
    return []; // Ended, or another user's: its sockets are told without an owner.
  }
}

function socketInode(link: string): number | undefined {
  try {
    const target = readlinkSync(link);
    return target.startsWith("socket:[") ? Number(target.slice("socket:[".length, -1)) : undefined;
  } catch {
    return undefined;
  }
}

function processOf(proc: string, pid: string, accounts: Accounts): Omit<SocketOwner, "pid" | "fd"> {
  const status = readFileText(`${proc}/${pid}/status`, MAX_STATUS_BYTES) ?? "";
  const uid = Number(/^Uid:\t(\d+)/m.exec(status)?.[1] ?? -1);
  return {
    process_name: /^Name:\t(.*)$/m.exec(status)?.[1] ?? "",
    process_path: linkOf(`${proc}/${pid}/exe`),
    uid,
    username: uid < 0 ? "" : accounts.nameOf(uid),
  };
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
