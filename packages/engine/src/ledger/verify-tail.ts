import { toHex } from "@holdfast/kernel/bytes";
import { entryHash, genesis, parseEntry } from "@holdfast/kernel/entry";
import type { SignedHead } from "@holdfast/kernel/head";
import { leafHash } from "@holdfast/kernel/merkle";
import type { Tree } from "@holdfast/kernel/tiles";
import { StorageFault } from "../committer/storage-fault.ts";
import { blake3, sha256 } from "../crypto.ts";
import type { LedgerReader } from "./ledger-reader.ts";

/** More than this is left to the verification in the background, so that start-up stays bounded. */
const MAX_ENTRIES = 16_384;
const ENTRIES_PER_READ = 1_024;

/** Where the tail begins that is verified entry by entry, when the last checkpoint covers `checkpointed`. */
export const tailStart = (head: SignedHead, checkpointed: number): number =>
  Math.max(checkpointed, head.size - MAX_ENTRIES);

/** Checks every entry behind `tree`, which it appends to, up to the head against chain and tree. */
export async function verifyTail(reader: LedgerReader, head: SignedHead, tree: Tree): Promise<void> {
  let prev = await chainBefore(reader, head.origin, tree.size);
  for (let at = tree.size; at < head.size; at += ENTRIES_PER_READ) {
    for (const { seq, bytes } of await reader.entries(at, Math.min(at + ENTRIES_PER_READ, head.size))) {
      if (seq !== tree.size || parseEntry(bytes).prev !== prev) {
        throw new StorageFault("database_damaged", `Entry ${tree.size} does not follow the one before it.`);
      }
      prev = toHex(entryHash(blake3, bytes));
      tree.append(leafHash(sha256, bytes));
    }
  }
  if (tree.size !== head.size || prev !== head.chain || toHex(tree.root()) !== head.root) {
    throw new StorageFault("database_damaged", "The entries do not lead to the signed head.");
  }
  if ((await reader.size()) !== head.size) {
    throw new StorageFault("database_damaged", "There are entries behind the signed head.");
  }
}

async function chainBefore(reader: LedgerReader, origin: string, start: number): Promise<string> {
  if (start === 0) return toHex(genesis(blake3, origin));
  const entry = await reader.entry(start - 1);
  return entry === undefined ? "" : toHex(entryHash(blake3, entry));
}
