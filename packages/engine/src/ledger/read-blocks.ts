import { TILE_WIDTH } from "@holdfast/kernel/merkle";
import type { LedgerReader, StoredRecord } from "./ledger-reader.ts";

/** As many as one block of the tree's lowest tiles, and of the filters that queries rely on. */
export const BLOCK_ENTRIES = TILE_WIDTH;

/** Entries [0, size) a block at a time; the next one is on its way while a block is looked at. */
export async function* readBlocks(ledger: LedgerReader, size: number): AsyncGenerator<readonly StoredRecord[]> {
  let next = fetched(ledger, 0, size);
  for (let start = 0; start < size; start += BLOCK_ENTRIES) {
    const records = await next;
    next = fetched(ledger, start + BLOCK_ENTRIES, size);
    yield records;
  }
}

function fetched(ledger: LedgerReader, start: number, size: number): Promise<readonly StoredRecord[]> {
  if (start >= size) return Promise.resolve([]);
  const records = ledger.records(start, Math.min(size, start + BLOCK_ENTRIES));
  // Whoever stops early does not hear of it; everyone else awaits it.
  records.catch(() => undefined);
  return records;
}
