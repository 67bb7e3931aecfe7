import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { type CredentialRead, MAX_SECRET_BYTES } from "./credential-store.ts";

const OTHERS = 0o077;

/** A service manager hands over files with access lists, whose mode bits say less than they mean. */
export type Guard = "owner alone" | "handed over";

/** Reads a secret from a file, without its final line end. What others can read is no secret, and is refused. */
export function readSecretFile(path: string, guard: Guard = "owner alone"): CredentialRead {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const { mode, size } = fstatSync(descriptor);
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) return failed(path, "is no regular file");
    if (guard === "owner alone" && hasModes && (mode & OTHERS) !== 0) {
      return failed(path, `is open to others (chmod 600 ${path})`);
    }
    if (size > MAX_SECRET_BYTES) return failed(path, `has more than ${MAX_SECRET_BYTES} bytes`);
    const buffer = Buffer.alloc(MAX_SECRET_BYTES);
    const secret = buffer.toString("utf8", 0, readSync(descriptor, buffer)).replace(/\r?\n$/, "");
    buffer.fill(0);
    return secret === "" ? failed(path, "is empty") : { kind: "found", secret };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === "ENOENT" ? { kind: "absent" } : failed(path, `cannot be read (${code ?? "unknown error"})`);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** On Windows the access list of the folder decides, and mode bits mean nothing. */
const hasModes = process.platform !== "win32";

function failed(path: string, end: string): CredentialRead {
  return { kind: "failed", reason: `${path} ${end}` };
}
