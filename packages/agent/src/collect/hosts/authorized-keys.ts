import { lstat, realpath } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import type { Row } from "../../events/index.ts";
import { readBounded } from "../bounded-file.ts";
import type { Collector } from "../collector.ts";
import type { Account, Accounts } from "./passwd.ts";

const MAX_BYTES = 1024 * 1024;
const MAX_KEYS_IN_FILE = 1_000;
const MAX_OPTIONS = 1_024;
const MAX_PATTERNS = 16;
/** sshd's own default (sshd_config(5)). */
const DEFAULT_FILES = [".ssh/authorized_keys", ".ssh/authorized_keys2"];
const KEY_TYPE = /^(?:ssh-|ecdsa-|sk-ssh-|sk-ecdsa-)[\w.@-]{1,64}$/;
const BASE64 = /^[A-Za-z0-9+/]{16,16384}={0,3}$/;

/** Keys of an authorized_keys file (sshd(8)): options, kind, key, comment; lines that are none are left out. */
export function parseAuthorizedKeys(
  text: string,
): { algorithm: string; key: string; comment: string; options: string }[] {
  const keys = text.split("\n").flatMap((line) => {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) return [];
    const first = KEY_TYPE.test(trimmed.split(/\s/, 1)[0] ?? "") ? 0 : endOfOptions(trimmed);
    const [algorithm = "", key = "", ...comment] = trimmed.slice(first).trim().split(/\s+/);
    if (!KEY_TYPE.test(algorithm) || !BASE64.test(key)) return [];
    return [
      {
        algorithm,
        key,
        comment: comment.join(" ").slice(0, 256),
        options: trimmed.slice(0, first).slice(0, MAX_OPTIONS),
      },
    ];
  });
  return keys.slice(0, MAX_KEYS_IN_FILE);
}

/** Options hold no blanks but in quotes. */
function endOfOptions(line: string): number {
  let isQuoted = false;
  for (let at = 0; at < line.length; at++) {
    if (line[at] === "\\" && isQuoted) at++;
    else if (line[at] === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (line[at] === " " || line[at] === "\t")) return at;
  }
  return line.length;
}

/** SSH keys that may log in, of every account, from the files that sshd looks at. */
export function authorizedKeysCollector(root: string, accounts: Accounts, intervalSeconds = 30): Collector {
  return {
    name: "authorized_keys",
    intervalSeconds,
    async collect(signal) {
      const patterns = await filePatterns(root);
      const keys = new Map<string, Row>();
      for (const account of accounts.all()) {
        for (const pattern of patterns) {
          signal.throwIfAborted();
          // One key twice in a file, or one file of two accounts, is one row.
          for (const row of await keysOf(account, pattern, root)) keys.set(`${row["key_file"]} ${row["key"]}`, row);
        }
      }
      return [{ table: "authorized_keys", snapshot: [...keys.values()] }];
    },
  };
}

/** What AuthorizedKeysFile says, where sshd's configuration says something. */
async function filePatterns(root: string): Promise<readonly string[]> {
  const file = await readBounded(join(root, "etc/ssh/sshd_config"), { maxBytes: MAX_BYTES });
  const lines = (file?.text ?? "").split("\n").map((line) => line.trim().split(/\s+/));
  const named = lines
    .filter(([keyword = ""]) => keyword.toLowerCase() === "authorizedkeysfile")
    .flatMap((line) => line.slice(1));
  const patterns = named.filter((name) => name !== "" && name !== "none").slice(0, MAX_PATTERNS);
  return patterns.length > 0 ? [...new Set([...patterns, ...DEFAULT_FILES])] : DEFAULT_FILES;
}

async function keysOf(account: Account, pattern: string, root: string): Promise<Row[]> {
  const { uid, username, directory } = account;
  if (!directory.startsWith("/")) return [];
  const named = pattern.replaceAll("%u", username).replaceAll("%h", directory).replaceAll("%%", "%");
  const key_file = isAbsolute(named) ? named : join(directory, named);
  const home = join(root, isAbsolute(pattern) ? "/" : directory);
  const path = join(root, key_file);
  const place = await placeOf(path, home);
  if (place === "absent") return [];
  if (place === "link") return [{ ...linkRow, uid, username, key_file }];
  const file = await readBounded(path, { maxBytes: MAX_BYTES, isNoLink: true });
  return parseAuthorizedKeys(file?.text ?? "").map((key) => ({ ...key, uid, username, key_file }));
}

/** sshd would follow it: that there is something that is not shown has to be seen. */
const linkRow = { algorithm: "", key: "", comment: "a symbolic link, not followed", options: "" };

/** A link out of the home could make the agent, which may read everything, read what the user may not. */
async function placeOf(path: string, home: string): Promise<"absent" | "link" | "inside"> {
  const stat = await lstat(path).catch(() => undefined);
  if (stat === undefined) return "absent";
  const [realFile, realHome] = await Promise.all([path, home].map((each) => realpath(each).catch(() => undefined)));
  const isOut = realFile === undefined || realHome === undefined || relative(realHome, realFile).startsWith("..");
  return stat.isSymbolicLink() || isOut ? "link" : "inside";
}
