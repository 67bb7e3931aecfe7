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
};

/** What is wrong with an entry, in words. */
export function reasonOf(code: string): string {
  return reasons[code] ?? code;
}

/** The failure that names the first bad entry. */
export function badEntry({ seq, reason }: Pick<BadEntry, "seq"> & { readonly reason: string }): Failure {
  return new Failure(exitCodes.failed, `entry ${seq} is bad: ${reasonOf(reason)}`, evidence);
}

const evidence =
  "do not trust what comes after it; keep a copy of everything, and compare with checkpoints kept elsewhere";
