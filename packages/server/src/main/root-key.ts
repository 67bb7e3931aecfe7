import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { fromHex, toHex } from "@holdfast/kernel/bytes";
import { random } from "@holdfast/engine/crypto";
import type { DataFolder } from "./data-folder.ts";
import { StartFailure } from "./start-failure.ts";

const ROOT_KEY_BYTES = 32;

/** The key of this folder; a new one only where there is no data that an old one would have to open. */
export function readOrCreateRootKey({ rootKey, database }: DataFolder): Uint8Array {
  dropPartials(rootKey);
  const isNew = !existsSync(rootKey) && !existsSync(database);
  return isNew ? createRootKey(rootKey) : readRootKey(rootKey);
}

/** Development seal: the root key in a file beside the data. Whoever can read the folder can read everything in it. */
export function readRootKey(path: string): Uint8Array {
  let text: string;
  try {
    if ((statSync(path).mode & 0o077) !== 0)
      throw rootKeyFailure(`${path} can be read by others.`, `chmod 600 ${path}`);
    text = readFileSync(path, "utf8").trim();
  } catch (cause) {
    if (cause instanceof StartFailure) throw cause;
    throw rootKeyFailure(
      `The root key ${path} is missing or cannot be read.`,
      "Put the file back; without it the data cannot be opened.",
      cause,
    );
  }
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw rootKeyFailure(`The root key ${path} is not 32 bytes in hexadecimal.`, "Put the original file back.");
  }
  return fromHex(text);
}

/**
 * Creates the key; refuses to touch one that is there. It appears under its name whole or not at all: a process that is
 * killed here must leave nothing that the next one takes for a damaged key.
 */
function createRootKey(path: string): Uint8Array {
  const key = random(ROOT_KEY_BYTES);
  const partial = `${path}.${process.pid}.partial`;
  try {
    writeFileSync(partial, `${toHex(key)}\n`, { flag: "wx", mode: 0o600, flush: true });
    linkSync(partial, path);
    syncFolder(dirname(path));
  } catch (cause) {
    throw rootKeyFailure(
      `The root key ${path} cannot be created.`,
      "Look at the folder's permissions and free space.",
      cause,
    );
  } finally {
    rmSync(partial, { force: true });
  }
  return key;
}

/** The name has to outlast a power cut too: without the key the data is lost. */
function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  fsyncSync(folder);
  closeSync(folder);
}

/** Of processes that were killed while they created a key. */
function dropPartials(rootKey: string): void {
  const prefix = `${basename(rootKey)}.`;
  const partials = readdirSync(dirname(rootKey)).filter((name) => name.startsWith(prefix) && name.endsWith(".partial"));
  for (const name of partials) rmSync(join(dirname(rootKey), name), { force: true });
}

function rootKeyFailure(message: string, hint: string, cause?: unknown): StartFailure {
  return new StartFailure("root_key", message, hint, cause);
}
