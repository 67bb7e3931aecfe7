import { randomUUID } from "node:crypto";
import { type BigIntStats, lstatSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { CredentialWrite } from "./credential-store.ts";
import { dropFile } from "./drop-file.ts";
import { syncFolder } from "./sync-folder.ts";

/** Nobody writes a file of some kilobytes for so long: whoever began it was killed. */
const ABANDONED_MS = 60_000;

/**
 * Puts other content in the place of a secret's file, whole or not at all, also when the power goes. `seen` is the file that the
 * content was made from: one that was written meanwhile stays.
 */
export function replaceSecretFile(path: string, content: string, seen: BigIntStats): CredentialWrite {
  const partial = `${path}.${randomUUID()}.partial`;
  try {
    writeFileSync(partial, content, { flag: "wx", mode: 0o600, flush: true });
    if (!isSame(lstatSync(path, { bigint: true }), seen)) return { ok: false, reason: `${path} was written meanwhile` };
    renameSync(partial, path);
    syncFolder(dirname(path));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    return { ok: false, reason: `${path} cannot be written (${code})` };
  } finally {
    dropFile(partial);
  }
  dropAbandoned(path);
  return { ok: true };
}

function isSame(now: BigIntStats, seen: BigIntStats): boolean {
  return now.ino === seen.ino && now.dev === seen.dev && now.size === seen.size && now.mtimeNs === seen.mtimeNs;
}

/** What killed processes began to write in place of this file; an older program wrote secrets there as they are. */
function dropAbandoned(path: string): void {
  const folder = dirname(path);
  const isPartial = (name: string) => name.startsWith(`${basename(path)}.`) && name.endsWith(".partial");
  for (const name of namesIn(folder).filter(isPartial)) {
    const partial = join(folder, name);
    const written = lstatSync(partial, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
    if (Date.now() - written > ABANDONED_MS) dropFile(partial);
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
