import { consistencyProof, inclusionProof } from "@holdfast/kernel/merkle";
import { printProof } from "@holdfast/kernel/proof";
import { sha256 } from "../crypto.ts";
import type { LedgerStore } from "../sqlite/ledger-store.ts";

export interface EntryProof {
  readonly seq: number;
  /** C2SP tlog-proof, under the newest checkpoint. */
  readonly proof: string;
  /** The exact bytes of the entry. */
  readonly entry: Uint8Array;
}

/** What shows offline that an entry stands in the log; undefined as long as no checkpoint covers it. */
export function proveEntry(store: LedgerStore, seq: number): EntryProof | undefined {
  const newest = store.checkpoint();
  const entry = store.entry(seq);
  if (newest === undefined || entry === undefined || seq >= newest.size) return undefined;
  const hashes = inclusionProof(sha256, seq, newest.size, store.readTile);
  return { seq, proof: printProof({ index: seq, hashes, checkpoint: newest.note }), entry };
}

/** RFC 6962 proof that the tree of `to` entries extends that of `from`. */
export function proveConsistency(store: LedgerStore, from: number, to: number): readonly Uint8Array[] {
  return consistencyProof(sha256, from, to, store.readTile);
}
