import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { NotifyError } from "../errors.ts";
import { Secret } from "./secret.ts";

const OTHERS = 0o077;
const MOST_BYTES = 64 * 1024;

/** Reads a secret from its file, without blanks around it; one that other users can read is no secret. */
export function readSecretFile(path: string): Secret {
  const text = readText(path, { isSecret: true }).trim();
  if (text === "") throw new NotifyError("secret_unreadable", `${path} is empty`);
  return new Secret(text);
}

/**
 * Reads a file of settings, such as a certificate, whole; throws `secret_unreadable`. A pipe in its place does not block,
 * and a device is not read without end.
 */
export function readText(path: string, { isSecret }: { readonly isSecret: boolean }): string {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stat = fstatSync(file);
    const { mode, size } = stat;
    if (!stat.isFile()) throw new NotifyError("secret_unreadable", `${path} is no regular file`);
    if (size > MOST_BYTES) throw new NotifyError("secret_unreadable", `${path} is larger than it may be`);
    if (isSecret && (mode & OTHERS) !== 0) {
      throw new NotifyError("secret_unreadable", `${path} can be read by others; chmod 600 it`);
    }
    return readFileSync(file, "utf8");
  } catch (cause) {
    if (cause instanceof NotifyError) throw cause;
    throw new NotifyError("secret_unreadable", `${path} cannot be read`, { cause });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
