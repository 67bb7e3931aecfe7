import { parseEntry } from "@holdfast/kernel/entry";
import type { FoundEntry, LedgerPage, LedgerQuery } from "../ledger/ledger-reader.ts";
import { matches } from "../ledger/matches.ts";
import { BLOCK_ENTRIES, mayHold, termsOf } from "./entry-filter.ts";
import type { LedgerStore } from "./ledger-store.ts";

/** A query never holds the thread longer than this allows; `next` says where to go on. */
const MAX_ENTRIES_SCANNED = 2_048;
const MAX_BLOCKS_SKIPPED = 4_096;

/** Entries that match, newest first. */
export function queryLedger(store: LedgerStore, query: LedgerQuery): LedgerPage {
  const { start, end } = rangeOf(store, query);
  const items: FoundEntry[] = [];
  let scanned = 0;
  for (const block of candidateBlocks(store, termsOf(query.where), start, end)) {
    if (block.isLast) return { items, next: block.end };
    for (const found of store.entries(block.start, block.end).toReversed()) {
      const entry = parseEntry(found.bytes);
      if (!matches(entry, query.where)) continue;
      items.push({ entry, bytes: found.bytes });
      if (items.length === query.limit) return found.seq > start ? { items, next: found.seq } : { items };
    }
    scanned += block.end - block.start;
    if (scanned >= MAX_ENTRIES_SCANNED && block.start > start) return { items, next: block.start };
  }
  return { items };
}

interface Block {
  readonly start: number;
  readonly end: number;
  /** Nothing to read: the query has skipped as many blocks as it may. */
  readonly isLast: boolean;
}

/** Parts of [start, end) that may hold a match, newest first: the open block always, others by their filter. */
function* candidateBlocks(store: LedgerStore, terms: readonly string[], start: number, end: number): Generator<Block> {
  const first = Math.floor(start / BLOCK_ENTRIES);
  const open = Math.floor(end / BLOCK_ENTRIES);
  const part = (block: number): Block => ({
    start: Math.max(start, block * BLOCK_ENTRIES),
    end: Math.min(end, (block + 1) * BLOCK_ENTRIES),
    isLast: false,
  });
  if (end > open * BLOCK_ENTRIES) yield part(open);
  const lowest = Math.max(first, open - MAX_BLOCKS_SKIPPED);
  let expected = open - 1;
  for (const { block, bits } of store.filters(lowest, open)) {
    // A filter that is missing hides nothing.
    for (; expected > block; expected--) yield part(expected);
    if (terms.every((term) => mayHold(bits, term))) yield part(block);
    expected = block - 1;
  }
  for (; expected >= lowest; expected--) yield part(expected);
  if (lowest > first) yield { ...part(lowest), end: lowest * BLOCK_ENTRIES, isLast: true };
}

function rangeOf(store: LedgerStore, query: LedgerQuery): { readonly start: number; readonly end: number } {
  const size = store.size();
  const until = query.untilMs === undefined ? size : firstNotBefore(store, query.untilMs, size);
  const start = query.sinceMs === undefined ? 0 : firstNotBefore(store, query.sinceMs, size);
  return { start, end: Math.max(start, Math.min(size, query.before ?? size, until)) };
}

/** The first entry whose time is not before `ms`: times never go back, so this is a binary search. */
function firstNotBefore(store: LedgerStore, ms: number, size: number): number {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const bytes = store.entry(middle);
    if (bytes !== undefined && Date.parse(parseEntry(bytes).time) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
