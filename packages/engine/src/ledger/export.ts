import { encodeEntryBundle } from "@holdfast/kernel/tiles";
import type { LedgerReader } from "./ledger-reader.ts";

const MAX_ENTRIES = 16_384;
const ENTRIES_PER_READ = 256;
const MAX_BYTES = 16 * 1024 * 1024;

/** Entries [start, start + limit) as C2SP tlog-tiles writes entry bundles; fewer at the end, or when they grow large. */
export async function exportEntries(reader: LedgerReader, start: number, limit: number): Promise<Uint8Array> {
  const end = start + Math.min(limit, MAX_ENTRIES);
  const entries: Uint8Array[] = [];
  let bytes = 0;
  for (let at = start; at < end && bytes < MAX_BYTES; at += ENTRIES_PER_READ) {
    const read = await reader.entries(at, Math.min(end, at + ENTRIES_PER_READ));
    for (const entry of read) {
      entries.push(entry.bytes);
      bytes += entry.bytes.byteLength;
    }
    if (read.length === 0) break;
  }
  return encodeEntryBundle(entries);
}
