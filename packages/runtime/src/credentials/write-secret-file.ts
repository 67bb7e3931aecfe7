import { randomUUID } from "node:crypto";
import { linkSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { CredentialWrite } from "./credential-store.ts";
import { dropFile } from "./drop-file.ts";
import { syncFolder } from "./sync-folder.ts";

/**
 * Writes a secret to a file of its own, for its owner alone. It appears under its name whole or not at all, also when the
 * power goes, and never in place of another. Makes the folder it lies in, but none above.
 */
export function writeSecretFile(path: string, content: string): CredentialWrite {
  const partial = `${path}.${randomUUID()}.partial`;
  try {
    makeFolder(dirname(path));
    writeFileSync(partial, content, { flag: "wx", mode: 0o600, flush: true });
    return name(partial, path);
  } catch (error) {
    return failed(path, error);
  } finally {
    dropFile(partial);
  }
}

function name(partial: string, path: string): CredentialWrite {
  try {
    linkSync(partial, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return { ok: false, reason: `${path} is there already` };
  }
  syncFolder(dirname(path));
  return { ok: true };
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function failed(path: string, error: unknown): CredentialWrite {
  return {
    ok: false,
    reason: `${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`,
  };
}
