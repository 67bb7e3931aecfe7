import type { Client } from "@holdfast/client";

/** What an entry says, as far as it is looked at here. */
export interface ExportedEntry {
  readonly seq: number;
  readonly action: string;
  readonly outcome: string;
  readonly resource: string;
}

const MOST = 16_384;

/** The entries from `start` to `end`, by the public export: a u16 length before the bytes of each. */
export async function entriesBetween(client: Client, start: number, end: number): Promise<ExportedEntry[]> {
  const entries: ExportedEntry[] = [];
  while (start + entries.length < end) {
    const from = start + entries.length;
    const bundle = Buffer.from(await client.audit.export({ start: from, limit: Math.min(MOST, end - from) }));
    for (let at = 0; at < bundle.length; at += 2 + bundle.readUInt16BE(at)) {
      const text = bundle.toString("utf8", at + 2, at + 2 + bundle.readUInt16BE(at));
      entries.push(JSON.parse(text) as ExportedEntry);
    }
  }
  return entries;
}
