import type { BadEntry } from "@holdfast/kernel/verifier";
import { exitCodes } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";

const reasons: Readonly<Record<string, string>> = {
  not_canonical: "its bytes are not a canonical entry",
  wrong_seq: "it is not in sequence",
  broken_chain: "it does not follow from the entry before it",
  time_went_back: "it is earlier than the entry before it",
  root_mismatch: "the entries up to it do not come to the signed root",
  chain_mismatch: "the entries up to it do not come to the signed chain",
  missing: "it is missing",
  head_not_signed: "the head over it is not signed by this ledger's key",
  checkpoint_mismatch: "the entries up to it do not come to a checkpoint",
  tile_mismatch: "the hash tiles above it are not those of the entries",
  filter_mismatch: "the index that finds entries does not know it",
  database_damaged: "the database is damaged from here on",
  mac_invalid: "the row was not written by this server",
  no_entry: "no entry of the ledger explains the row",
  row_missing: "the ledger explains the row, but it is gone",
  hash_mismatch: "the row is not what its entry says",
  rolled_back: "the row is older than the ledger says",
  deleted_row_back: "the row is back, after the ledger says that it was deleted",
  index_mismatch: "an index of the table does not lead to its rows",
  payload_missing: "its payload is missing, and no entry says that it was erased",
  payload_damaged: "its payload is not what was committed to",
};

/** What is wrong with an entry or a row, in words. */
export function reasonOf(code: string): string {
  return reasons[code] ?? code;
}

/** The failure that names the first bad entry. */
export function badEntry({ seq, reason }: Pick<BadEntry, "seq"> & { readonly reason: string }): Failure {
  return new Failure(exitCodes.failed, `entry ${seq} is bad: ${reasonOf(reason)}`, evidence);
}

const evidence =
  "do not trust what comes after it; keep a copy of everything, and compare with checkpoints kept elsewhere";
