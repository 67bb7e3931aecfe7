import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** An account of /etc/passwd (passwd(5)). */
export interface Account {
  readonly username: string;
  readonly uid: number;
  readonly gid: number;
  readonly description: string;
  readonly directory: string;
  readonly shell: string;
}

const MAX_BYTES = 8 * 1024 * 1024;
const MAX_ACCOUNTS = 65_536;
const FIELDS = 7;
const LOOK_EVERY_MS = 5_000;

/** Accounts in the order of the file; lines that are none are left out. */
export function parsePasswd(text: string): Account[] {
  const accounts: Account[] = [];
  for (const line of text.split("\n")) {
    const [username = "", , uid = "", gid = "", description = "", directory = "", shell = ""] = line.split(":", FIELDS);
    if (username === "" || username.startsWith("#") || !/^\d{1,10}$/.test(uid) || !/^\d{1,10}$/.test(gid)) continue;
    accounts.push({ username, uid: Number(uid), gid: Number(gid), description, directory, shell });
    if (accounts.length >= MAX_ACCOUNTS) break;
  }
  return accounts;
}

/** The local accounts, read again when their file was changed. */
export class Accounts {
  readonly #path: string;
  readonly #monotonicMs: () => number;
  #accounts: readonly Account[] = [];
  #names: ReadonlyMap<number, string> = new Map();
  #stamp = "";
  #lookAt = Number.NEGATIVE_INFINITY;

  constructor(root: string, monotonicMs: () => number = () => performance.now()) {
    this.#path = join(root, "etc/passwd");
    this.#monotonicMs = monotonicMs;
  }

  /** Name of the first account with this id, as the system itself looks it up; empty when there is none. */
  nameOf(uid: number): string {
    this.#refresh();
    return this.#names.get(uid) ?? "";
  }

  all(): readonly Account[] {
    this.#refresh();
    return this.#accounts;
  }

  #refresh(): void {
    const now = this.#monotonicMs();
    if (now < this.#lookAt) return;
    this.#lookAt = now + LOOK_EVERY_MS;
    const stat = statSync(this.#path, { throwIfNoEntry: false });
    const stamp = stat === undefined ? "" : `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeMs}`;
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    this.#accounts = stat?.isFile() === true && stat.size <= MAX_BYTES ? readAccounts(this.#path) : [];
    this.#names = new Map(this.#accounts.toReversed().map(({ uid, username }) => [uid, username]));
  }
}

function readAccounts(path: string): readonly Account[] {
  try {
    return parsePasswd(readFileSync(path, "utf8"));
  } catch {
    return [];
  }
}
