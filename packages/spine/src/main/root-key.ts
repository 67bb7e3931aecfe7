import { closeSync, existsSync, fsyncSync, linkSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fromHex, toHex } from "@holdfast/kernel/bytes";
import { random } from "@holdfast/engine/crypto";
import { readPrivateFile, StartFailure } from "@holdfast/runtime";
import type { LedgerFolder } from "./ledger-place.ts";

const ROOT_KEY_BYTES = 32;

/** Where a node has its root key from: that is its seal. Without a setting, from a file in the data folder. */
export type RootKeySource =
  | { readonly kind: "environment"; readonly hex: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "development" };

/** The root key from its source. `hasLedger`: there is data that only the right key opens, so none is made. */
export function readOrCreateRootKey(
  folder: Pick<LedgerFolder, "database" | "rootKey">,
  source: RootKeySource = { kind: "development" },
  hasLedger: boolean = existsSync(folder.database),
): Uint8Array {
  if (source.kind === "environment") return rootKeyOf(source.hex, "in HOLDFAST_ROOT_KEY", "Give the original key.");
  if (source.kind === "file") return readRootKey(source.path);
  dropPartials(folder.rootKey);
  if (existsSync(folder.rootKey)) return readRootKey(folder.rootKey);
  if (!hasLedger) return createRootKey(folder.rootKey);
  throw rootKeyFailure(
    `There is a ledger already, and its root key ${folder.rootKey} is missing or cannot be read.`,
    "Put the key there that the ledger was begun with, or give it by HOLDFAST_ROOT_KEY_FILE or HOLDFAST_ROOT_KEY.",
  );
}

/** A root key in a file of its own: 32 bytes in hexadecimal, for nobody else to read. */
export function readRootKey(path: string): Uint8Array {
  const read = readPrivateFile(path);
  if (read.ok) return rootKeyOf(read.text, path, "Put the original file back.");
  if (read.problem === "open to others") throw rootKeyFailure(`${path} can be read by others.`, `chmod 600 ${path}`);
  throw rootKeyFailure(
    `The root key ${path} is missing or cannot be read.`,
    "Put the file back; without it the data cannot be opened.",
    read.cause,
  );
}

function rootKeyOf(text: string, place: string, hint: string): Uint8Array {
  const hex = text.trim().toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return fromHex(hex);
  throw rootKeyFailure(`The root key ${place} is not 32 bytes in hexadecimal.`, hint);
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
