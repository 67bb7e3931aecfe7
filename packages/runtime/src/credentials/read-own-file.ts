import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync, statSync } from "node:fs";
import { dirname } from "node:path";

const OTHERS = 0o077n;
const ROOT = 0n;

/** A file of the data folder as it was read, or why it is not used. */
export type OwnFile =
  | { readonly kind: "found"; readonly text: string; readonly stats: BigIntStats }
  | { readonly kind: "absent" }
  | { readonly kind: "failed"; readonly reason: string };

/**
 * Reads a secret's file that a program keeps itself: no link, nobody else's, for nobody else to read, of at most `maxBytes`.
 * The opened file is judged, not its name, so that it cannot be exchanged in between (ATTACKS 23).
 */
export function readOwnFile(path: string, maxBytes: number): OwnFile {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(descriptor, { bigint: true });
    const problem = problemOf(path, stats);
    if (problem !== undefined) return failed(path, problem);
    if (stats.size > BigInt(maxBytes)) return failed(path, `has more than ${maxBytes} bytes`);
    const buffer = Buffer.alloc(maxBytes + 1);
    const length = readWhole(descriptor, buffer);
    const text = buffer.toString("utf8", 0, length);
    buffer.fill(0);
    return length > maxBytes ? failed(path, `has more than ${maxBytes} bytes`) : { kind: "found", text, stats };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT") return { kind: "absent" };
    if (code === "ELOOP") return failed(path, "is a link; name the file that it leads to");
    return failed(path, `cannot be read (${code ?? "unknown error"})`);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function problemOf(path: string, { mode, uid }: BigIntStats): string | undefined {
  if ((mode & BigInt(constants.S_IFMT)) !== BigInt(constants.S_IFREG)) return "is no regular file";
  if (process.platform === "win32") return undefined;
  if ((mode & OTHERS) !== 0n) return `is open to others (chmod 600 ${path})`;
  // Root looks into a folder of another user, too: what belongs to that user is his own there.
  const own = [ROOT, BigInt(process.geteuid?.() ?? 0), statSync(dirname(path), { bigint: true }).uid];
  return own.includes(uid) ? undefined : `belongs to another user (uid ${uid})`;
}

function readWhole(descriptor: number, buffer: Buffer): number {
  let length = 0;
  for (;;) {
    const count = readSync(descriptor, buffer, length, buffer.length - length, null);
    length += count;
    if (count === 0 || length === buffer.length) return length;
  }
}

function failed(path: string, end: string): OwnFile {
  return { kind: "failed", reason: `${path} ${end}` };
}
