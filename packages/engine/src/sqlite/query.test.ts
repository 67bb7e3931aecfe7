import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fromHex } from "@holdfast/kernel/bytes";
import { openCheckpoint, parseCheckpoint } from "@holdfast/kernel/checkpoint";
import { parseEntry } from "@holdfast/kernel/entry";
import { verifyConsistency } from "@holdfast/kernel/merkle";
import { verifierKeyOf } from "@holdfast/kernel/note";
import { verifyProof } from "@holdfast/kernel/proof";
import { parseEntryBundle } from "@holdfast/kernel/tiles";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { forWriter, ORIGIN, PUBLIC_KEY, temporaryFolder, writerOptions } from "./committer.fixture.ts";
import { openWriteConnection } from "./connection.ts";
import { SqliteWriter } from "./writer.ts";
import { sha256, verifySignature } from "../crypto.ts";
import { filterOf, mayHold } from "./entry-filter.ts";
import { exportEntries } from "../ledger/export.ts";
import { LedgerStore } from "./ledger-store.ts";
import { proveConsistency, proveEntry } from "../ledger/prove.ts";
import { queryLedger } from "./query.ts";
import { SqliteLedgerReader } from "./ledger-reader.ts";
import { StatementCache } from "./statement-cache.ts";
import type { LedgerQuery } from "../ledger/ledger-reader.ts";

const START = 1_700_000_000_000;
const node = (letter: string) => `nd_${letter.repeat(25)}a`;
let store: LedgerStore;
let reader: SqliteLedgerReader;
let database: DatabaseSync;
let roots: string[];
const cleaning: (() => void)[] = [];
afterAll(() => {
  database.close();
  for (const clean of cleaning) clean();
});

/** 1,300 entries, one a second: five complete blocks and an open one. */
beforeAll(async () => {
  let now = START;
  const folder = temporaryFolder((clean) => cleaning.push(clean));
  const path = join(folder, "holdfast.db");
  const writer = new SqliteWriter(writerOptions(path), { openDatabase: openWriteConnection, nowMs: () => now });
  await writer.open();
  roots = [];
  for (let seq = 0; seq < 1_300; seq++) {
    const outcome = seq % 100 === 0 ? "denied" : "ok";
    const resource = seq < 300 ? `secret:${node("d")}@${seq + 1}` : "config";
    const action = seq === 777 ? "token.create" : "secret.read";
    roots.push(writer.commit([forWriter({ outcome, resource, action })]).head.root);
    now += 1_000;
  }
  writer.close();
  database = new DatabaseSync(path, { readOnly: true });
  store = new LedgerStore(database);
  reader = new SqliteLedgerReader(database);
});

function all(query: Omit<LedgerQuery, "limit">, limit = 1_000): number[] {
  const found: number[] = [];
  let before = query.before;
  for (;;) {
    const page = queryLedger(store, { ...query, limit, before });
    found.push(...page.items.map(({ entry }) => entry.seq));
    if (page.next === undefined) return found;
    before = page.next;
  }
}

describe("a query", () => {
  it("gives the newest entries first, and goes on where the page ended", () => {
    const page = queryLedger(store, { where: {}, limit: 3 });
    expect(page.items.map(({ entry }) => entry.seq)).toEqual([1_299, 1_298, 1_297]);
    expect(page.next).toBe(1_297);
    expect(all({ where: {} }, 7)).toEqual(Array.from({ length: 1_300 }, (_, index) => 1_299 - index));
  });

  it("finds every entry that matches, wherever it is", () => {
    expect(all({ where: { outcome: "denied" } })).toHaveLength(13);
    expect(all({ where: { action: "token.create" } })).toEqual([777]);
    expect(all({ where: { action: "token.create", outcome: "denied" } })).toEqual([]);
    expect(all({ where: { action: "nothing" } })).toEqual([]);
  });

  it("takes a resource as it stands in the entry, without its version, or as its kind", () => {
    expect(all({ where: { resource: `secret:${node("d")}@5` } })).toEqual([4]);
    expect(all({ where: { resource: `secret:${node("d")}` } })).toHaveLength(300);
    expect(all({ where: { resource: "secret" } })).toHaveLength(300);
    expect(all({ where: { resource: "config" } })).toHaveLength(1_000);
    expect(all({ where: { resource: "sec" } })).toEqual([]);
  });

  it("keeps to its time, from the first moment up to, not including, the last", () => {
    expect(all({ where: {}, sinceMs: START + 5_000, untilMs: START + 8_000 })).toEqual([7, 6, 5]);
    expect(all({ where: {}, sinceMs: START + 1_299_000 })).toEqual([1_299]);
    expect(all({ where: {}, untilMs: START + 1 })).toEqual([0]);
    expect(all({ where: {}, sinceMs: START + 9_000, untilMs: START + 2_000 })).toEqual([]);
    expect(all({ where: {}, sinceMs: START + 9_000_000 })).toEqual([]);
  });

  it("is stopped by the last entry of its range, not by an empty page after it", () => {
    expect(queryLedger(store, { where: {}, limit: 2, before: 2 })).not.toHaveProperty("next");
    expect(all({ where: {}, before: 256 })[0]).toBe(255);
    expect(all({ where: {}, before: 0 })).toEqual([]);
  });

  it("hides nothing where a filter is missing, and skips only so much in one go", () => {
    const missing = faked(store.size(), {
      entries: (start, end) => store.entries(start, end),
      filters: (start, end) => store.filters(start, end).filter(({ block }) => block % 2 === 0),
    });
    expect(queryLedger(missing, { where: { action: "token.create" }, limit: 5 }).items).toHaveLength(1);
    const vast = faked(5_000 * 256, { entries: () => [], filters: () => [] });
    expect(queryLedger(vast, { where: {}, limit: 5 }).next).toBe(5_000 * 256 - 2_048);
    const skipping = faked(5_000 * 256, {
      entries: () => [],
      filters: (start, end) =>
        Array.from({ length: end - start }, (_, index) => ({ block: end - 1 - index, bits: new Uint8Array(8) })),
    });
    expect(queryLedger(skipping, { where: { action: "x" }, limit: 5 })).toEqual({ items: [], next: 904 * 256 });
  });
});

/** A store of another size, or with filters missing. */
function faked(size: number, parts: Pick<LedgerStore, "entries" | "filters">): LedgerStore {
  return { size: () => size, ...parts } as unknown as LedgerStore;
}

describe("a reader", () => {
  it("finds what a query does, and gives entries wherever they stand in the order asked for", async () => {
    const { items } = await reader.find({ where: { action: "token.create" }, limit: 5 });
    expect(items.map(({ entry }) => entry.seq)).toEqual([777]);
    const records = await reader.recordsAt([777, 9_999, 3]);
    expect(records.map((record) => record?.seq)).toEqual([777, undefined, 3]);
    expect(records[0]?.bytes).toEqual(await reader.entry(777));
    expect(records[0]?.payload).toBeInstanceOf(Uint8Array);
  });

  it("rejects when the database cannot be read", async () => {
    const other = new DatabaseSync(":memory:");
    await expect(new SqliteLedgerReader(other).head()).rejects.toThrow("no such table");
    other.close();
  });
});

describe("a block's filter", () => {
  it("admits every term that went into it", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 60 }), (terms) => {
        const bits = filterOf(new Set(terms));
        expect(terms.every((term) => mayHold(bits, term))).toBe(true);
      }),
    );
  });

  it("turns nearly all others away", () => {
    const bits = filterOf(new Set(Array.from({ length: 500 }, (_, index) => `in:${index}`)));
    const passed = Array.from({ length: 5_000 }, (_, index) => mayHold(bits, `out:${index}`)).filter(Boolean);
    expect(passed.length).toBeLessThan(100);
  });
});

describe("a proof", () => {
  it("shows an entry offline, to whoever has the log's key", async () => {
    const logKey = verifierKeyOf(sha256, ORIGIN, PUBLIC_KEY);
    for (const seq of [0, 255, 256, 777, 1_024, 1_299]) {
      const proof = (await proveEntry(reader, seq)) ?? "";
      const entry = (await reader.entry(seq)) ?? new Uint8Array();
      const verified = verifyProof({ sha256, verify: verifySignature }, proof, entry, logKey);
      expect(verified).toMatchObject({ index: seq, checkpoint: { size: 1_300 } });
    }
    expect(await proveEntry(reader, 1_300)).toBeUndefined();
  });

  it("shows that a later tree extends an earlier one", async () => {
    for (const [size1, size2] of [
      [1, 1_300],
      [256, 512],
      [300, 1_299],
      [1_300, 1_300],
    ] as const) {
      const proof = await proveConsistency(reader, size1, size2);
      const root = (size: number) => fromHex(roots[size - 1] ?? "");
      expect(verifyConsistency(sha256, { size1, size2, root1: root(size1), root2: root(size2), proof })).toBe(true);
    }
  });

  it("stands under checkpoints that all have the roots of their time", () => {
    const logKey = verifierKeyOf(sha256, ORIGIN, PUBLIC_KEY);
    for (const { note, size } of store.checkpoints(10)) {
      expect(parseCheckpoint(`${note.split("\n\n")[0]}\n`).size).toBe(size);
      expect(Buffer.from(openCheckpoint(note, logKey, verifySignature).root).toString("hex")).toBe(roots[size - 1]);
    }
  });
});

describe("an export", () => {
  it("is a bundle of the exact entries, as many as there are and were asked for", async () => {
    const seqs = async (start: number, limit: number) =>
      parseEntryBundle(await exportEntries(reader, start, limit)).map((bytes) => parseEntry(bytes).seq);
    expect(await seqs(250, 10)).toEqual(Array.from({ length: 10 }, (_, index) => 250 + index));
    expect(await seqs(1_298, 1_000)).toEqual([1_298, 1_299]);
    expect(await seqs(5_000, 10)).toEqual([]);
    expect(await seqs(0, 1_000_000)).toHaveLength(1_300);
  });
});

it("keeps a bounded number of statements", () => {
  const cache = new StatementCache(database);
  const first = cache.get("SELECT 0");
  expect(cache.get("SELECT 0")).toBe(first);
  for (let number = 1; number <= 256; number++) cache.get(`SELECT ${number}`);
  expect(cache.get("SELECT 0")).not.toBe(first);
  expect(cache.get("SELECT 256")).toBe(cache.get("SELECT 256"));
});
