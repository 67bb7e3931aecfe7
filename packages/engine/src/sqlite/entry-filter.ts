import type { Filtered } from "../ledger/ledger-reader.ts";
import { kindOf, withoutVersion } from "../ledger/matches.ts";

/**
 * One Bloom filter per block of 256 entries tells a query which blocks may hold what it looks for. An index by term
 * would write a random page for each of some 200 terms of a block; a filter is one row, written in order
 * (docs/decisions/0002-committer.md).
 */
export const BLOCK_ENTRIES = 256;
const BITS_PER_TERM = 12;
const PROBES = 6;

/** Adds the terms of an entry: of `kind:id@version` both `kind:id` and `kind`. */
export function addTerms(terms: Set<string>, entry: Filtered): void {
  terms.add(`tenant:${entry.tenant}`);
  terms.add(`actor:${entry.actor}`);
  terms.add(`action:${entry.action}`);
  terms.add(`outcome:${entry.outcome}`);
  terms.add(`resource:${withoutVersion(entry.resource)}`);
  terms.add(`resource:${kindOf(entry.resource)}`);
}

/** The terms that an entry must have to match; a resource is given as it stands in entries, without version, or as kind. */
export function termsOf(filter: Partial<Filtered>): string[] {
  const { resource, ...rest } = filter;
  const terms = Object.entries(rest).map(([field, value]) => `${field}:${value}`);
  return resource === undefined ? terms : [...terms, `resource:${withoutVersion(resource)}`];
}

/** The filter of a complete block: its length follows from the number of terms. */
export function filterOf(terms: ReadonlySet<string>): Uint8Array {
  const bits = new Uint8Array(Math.ceil((terms.size * BITS_PER_TERM) / 8));
  for (const term of terms) {
    for (const bit of probes(term, bits.byteLength * 8)) bits[bit >> 3]! |= 1 << (bit & 7);
  }
  return bits;
}

/** False: the block holds no entry with this term. True: look. */
export function mayHold(bits: Uint8Array, term: string): boolean {
  return probes(term, bits.byteLength * 8).every((bit) => (bits[bit >> 3]! & (1 << (bit & 7))) !== 0);
}

/** Double hashing (Kirsch and Mitzenmacher 2006) over two FNV-like hashes. */
function probes(term: string, bits: number): number[] {
  let left = 0x811c9dc5;
  let right = 0x01000193;
  for (let index = 0; index < term.length; index++) {
    const unit = term.charCodeAt(index);
    left = Math.imul(left ^ unit, 0x01000193);
    right = Math.imul(right ^ unit, 0x5bd1e995);
    right ^= right >>> 15;
  }
  const step = (right >>> 0) | 1;
  return Array.from({ length: PROBES }, (_, probe) => ((left >>> 0) + probe * (step >>> 0)) % bits);
}
