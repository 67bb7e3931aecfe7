import { toHex } from "@holdfast/kernel/bytes";
import { entryHash, genesis, parseEntry } from "@holdfast/kernel/entry";
import type { SignedHead } from "@holdfast/kernel/head";
import { leafHash } from "@holdfast/kernel/merkle";
import { loadTree } from "@holdfast/kernel/tiles";
import { blake3, sha256 } from "../crypto.ts";
import type { LedgerStore } from "./ledger-store.ts";
import { StorageFault } from "../committer/storage-fault.ts";

/** More than this is left to the verification in the background, so that start-up stays bounded. */
const MAX_ENTRIES = 16_384;
const ENTRIES_PER_READ = 1_024;

/** Checks every entry from `start` (the last checkpoint) to the head against chain and tree; returns where it began. */
export function verifyTail(store: LedgerStore, head: SignedHead, start: number): number {
  const from = Math.max(start, head.size - MAX_ENTRIES);
  const tree = loadTree(sha256, from, store.readTile);
  let prev = chainBefore(store, head.origin, from);
  for (let at = from; at < head.size; at += ENTRIES_PER_READ) {
    for (const { seq, bytes } of store.entries(at, Math.min(at + ENTRIES_PER_READ, head.size))) {
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
  if (store.size() !== head.size) {
    throw new StorageFault("database_damaged", "There are entries behind the signed head.");
  }
  return from;
}

function chainBefore(store: LedgerStore, origin: string, start: number): string {
  if (start === 0) return toHex(genesis(blake3, origin));
  const entry = store.entry(start - 1);
  return entry === undefined ? "" : toHex(entryHash(blake3, entry));
}
