import type { Wire } from "./wire.ts";

/** An entry as it stands in the ledger. */
export interface Entry {
  readonly seq: number;
  readonly tenant: string;
  readonly actor: string;
  readonly action: string;
  readonly resource: string;
  readonly outcome: "ok" | "denied" | "failed" | "conflict";
  readonly reason: string;
}

const MAX_ENTRIES = 16_384;

/** Entries from `start` to the end, exact and complete; the export that fetches them is not among them. */
export async function entriesFrom(administrator: Wire, start: number): Promise<readonly Entry[]> {
  return (await exactEntriesFrom(administrator, start)).map((text) => JSON.parse(text) as Entry);
}

/** The same, each as the text that was hashed. */
export async function exactEntriesFrom(administrator: Wire, start: number): Promise<readonly string[]> {
  const first = await exported(administrator, start);
  const entries = [...first.entries];
  // What others wrote while this was read stands before its own entry.
  while (start + entries.length < first.seq) {
    const more = await exported(administrator, start + entries.length);
    if (more.entries.length === 0) throw new Error(`the ledger ends before entry ${first.seq}`);
    entries.push(...more.entries);
  }
  return entries.slice(0, first.seq - start);
}

async function exported(administrator: Wire, start: number) {
  const answer = await administrator.get(`/api/audit/export?start=${start}&limit=${MAX_ENTRIES}`);
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return { entries: unframed(answer.bytes), seq: answer.seq };
}

/** Position of the entry that comes next, when nobody else calls. */
export async function nextSeq(administrator: Wire): Promise<number> {
  return (await administrator.get("/api/tokens/self")).seq + 1;
}

export async function entryOf(administrator: Wire, seq: number): Promise<Entry> {
  const answer = await administrator.get(`/api/audit/export?start=${seq}&limit=1`);
  const [entry] = unframed(answer.bytes);
  if (entry === undefined) throw new Error(`the ledger has no entry ${seq}`);
  return JSON.parse(entry) as Entry;
}

/** Entry bundles of C2SP tlog-tiles: each entry behind its length in two bytes, big-endian. */
function unframed(bundle: Buffer): string[] {
  const entries: string[] = [];
  for (let at = 0; at < bundle.length; ) {
    const end = at + 2 + bundle.readUInt16BE(at);
    entries.push(bundle.toString("utf8", at + 2, end));
    at = end;
  }
  return entries;
}
