import { toHex } from "./bytes.ts";
import { type EntryFields, encodeEntry, entryHash, genesis } from "./entry.ts";
import { newId, newLogOrigin } from "./id.ts";
import { primitives } from "./primitives.fixture.ts";

export const origin = newLogOrigin(new Uint8Array(16).fill(1));

export const sampleEntry: EntryFields = {
  v: 1,
  seq: 0,
  time: "2026-03-01T03:12:00.000Z",
  tenant: newId("tn", new Uint8Array(16).fill(2)),
  actor: newId("ac", new Uint8Array(16).fill(3)),
  action: "secret.read",
  resource: `secret:${newId("nd", new Uint8Array(16).fill(4))}@3`,
  outcome: "ok",
  reason: "",
  commitment: "5a".repeat(32),
  prev: toHex(genesis(primitives.blake3, origin)),
};

/** Bytes of `count` entries that follow each other as they must, a second apart. */
export function sampleLedger(count: number): Uint8Array[] {
  const entries: Uint8Array[] = [];
  let prev = sampleEntry.prev;
  for (let seq = 0; seq < count; seq++) {
    const time = new Date(Date.parse(sampleEntry.time) + seq * 1000).toISOString();
    const bytes = encodeEntry({ ...sampleEntry, seq, time, prev });
    entries.push(bytes);
    prev = toHex(entryHash(primitives.blake3, bytes));
  }
  return entries;
}
