import type { Filtered, LedgerQuery, LedgerReader } from "@holdfast/engine";
import { sha256 } from "@holdfast/engine/crypto";
import { concat } from "@holdfast/kernel/bytes";
import { encodeEntry, type EntryFields } from "@holdfast/kernel/entry";
import { leafHash } from "@holdfast/kernel/merkle";
import fc from "fast-check";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { connect, createPool } from "./connect.ts";
import { connected, emptyDatabase, hasServer } from "./database.fixture.ts";
import { type FindLimits, findEntries } from "./find.ts";
import { PostgresLedgerReader } from "./ledger-reader.ts";
import { PoolReads } from "./pool-reads.ts";
import {
  type PreparedDatabase,
  prepareDatabase,
  sampleEntry,
  START_MS,
  storeEntries,
} from "./prepared-database.fixture.ts";
import { prepareSchema } from "./schema.ts";

const HOUR_MS = 3_600_000;
const SIZE = 2_600;
/** More than a month of three entries an hour: they stand in two partitions at least. */
const entries = Array.from({ length: SIZE }, (_, seq) => sampleEntry(seq));

describe.skipIf(!hasServer)("the ledger in PostgreSQL", () => {
  let database: PreparedDatabase;
  let pool: PoolReads;
  let reader: LedgerReader;
  beforeAll(async () => {
    database = await prepareDatabase([]);
    await storeEntries(database.client, entries);
    const connections = createPool(database.settings);
    pool = new PoolReads(connections);
    reader = new PostgresLedgerReader(pool);
    return async () => {
      await connections.end();
      await database.drop();
    };
  });

  it("has a head and a size, or none before the first entry", async () => {
    expect(await reader.head()).toEqual({ origin: "o", size: SIZE, chain: "c", root: "r", epoch: 0, signature: "s" });
    expect(await reader.size()).toBe(SIZE);
    const client = await connected(await emptyDatabase());
    await prepareSchema(client, []);
    const empty = new PostgresLedgerReader(client);
    expect(await empty.head()).toBeUndefined();
    expect(await empty.size()).toBe(0);
    expect(await empty.find({ where: {}, limit: 5, sinceMs: 0 })).toEqual({ items: [] });
  });

  it("gives entries by number, wherever they stand, as plain bytes", async () => {
    const partitions = "SELECT count(DISTINCT tableoid)::int AS count FROM entries";
    expect((await database.client.query<{ count: number }>(partitions)).rows[0]?.count).toBeGreaterThan(1);
    expect(await reader.entry(700)).toStrictEqual(new Uint8Array(encodeEntry(entries[700]!)));
    expect(await reader.entry(SIZE)).toBeUndefined();
    const found = await reader.entries(2_590, 3_000);
    expect(found.map(({ seq }) => seq)).toEqual([2590, 2591, 2592, 2593, 2594, 2595, 2596, 2597, 2598, 2599]);
    expect(await reader.entries(5, 5)).toEqual([]);
    expect(await reader.entries(6, 5)).toEqual([]);
  });

  it("gives entries with their payloads, in the order asked for", async () => {
    expect(await reader.records(9, 12)).toStrictEqual([
      { seq: 9, bytes: new Uint8Array(encodeEntry(entries[9]!)), payload: Uint8Array.of(9) },
      { seq: 10, bytes: new Uint8Array(encodeEntry(entries[10]!)), payload: null },
      { seq: 11, bytes: new Uint8Array(encodeEntry(entries[11]!)), payload: Uint8Array.of(11) },
    ]);
    expect(await reader.records(3, 3)).toEqual([]);
    const found = await reader.recordsAt([2_000, 5_000, 3, 2_000]);
    expect(found.map((record) => record?.seq)).toEqual([2_000, undefined, 3, 2_000]);
    expect(await reader.recordsAt([])).toEqual([]);
  });

  it("gives checkpoints newest first", async () => {
    await database.client.query("INSERT INTO checkpoints VALUES (10, 'ten'), (9, 'nine'), (200, 'many')");
    expect(await reader.checkpoints(2)).toEqual([
      { size: 200, note: "many" },
      { size: 10, note: "ten" },
    ]);
  });

  it("gives tiles as they are stored, and the open one of level 0 from its entries", async () => {
    const full = new Uint8Array(8_192).fill(1);
    const above = new Uint8Array(64).fill(2);
    await database.client.query("INSERT INTO tiles VALUES (0, 0, $1), (1, 0, $2)", [full, above]);
    const open = entries.slice(2_560).map((entry) => leafHash(sha256, encodeEntry(entry)));
    const names = [
      [1, 0],
      [0, 10],
      [0, 0],
      [0, 11],
      [2, 0],
      [1, 0],
    ].map(([level, index]) => ({ level: level!, index: index! }));
    const none = new Uint8Array(0);
    expect(await reader.tiles(names)).toStrictEqual([above, new Uint8Array(concat(...open)), full, none, none, above]);
    expect(await reader.tiles([])).toEqual([]);
  });

  it("leaves errors of a connection to its owner, and refuses those of the pool", async () => {
    const client = await connect(database.settings, "reader");
    await client.end();
    await expect(new PostgresLedgerReader(client).size()).rejects.toThrow("Client was closed");
    const closed = createPool(database.settings);
    await closed.end();
    const refused = new PostgresLedgerReader(new PoolReads(closed)).head();
    await expect(refused).rejects.toMatchObject({ name: "Refusal", code: "storage_failed" });
  });

  async function all(query: Omit<LedgerQuery, "limit">, limit: number, limits?: FindLimits): Promise<number[]> {
    const found: number[] = [];
    let { before } = query;
    for (;;) {
      const page = await findEntries(pool, { ...query, limit, before }, limits);
      expect(page.items.length).toBeLessThanOrEqual(limit);
      found.push(...page.items.map(({ entry }) => entry.seq));
      if (page.next === undefined) return found;
      expect(page.next).toBeLessThan(before ?? SIZE);
      before = page.next;
    }
  }

  /** The same said plainly: every entry is looked at. */
  function expected({ where, before, sinceMs, untilMs }: Omit<LedgerQuery, "limit">): number[] {
    const { resource, ...rest } = where;
    const holds = (entry: EntryFields): boolean =>
      Object.entries(rest).every(([field, value]) => entry[field as keyof Filtered] === value) &&
      (resource === undefined ||
        [entry.resource, entry.resource.split("@")[0], entry.resource.split(/[:@]/)[0]].includes(resource)) &&
      entry.seq < (before ?? SIZE) &&
      Date.parse(entry.time) >= (sinceMs ?? 0) &&
      Date.parse(entry.time) < (untilMs ?? Infinity);
    return entries
      .filter(holds)
      .map(({ seq }) => seq)
      .toReversed();
  }

  it("is queried as if every entry were looked at", async () => {
    const one = (field: keyof Filtered, ...others: string[]): fc.Arbitrary<string | undefined> =>
      fc.option(fc.constantFrom(...new Set(entries.slice(0, 200).map((entry) => entry[field])), ...others), {
        nil: undefined,
      });
    const node = `nd_${"e".repeat(25)}a`;
    const where = fc
      .record({
        tenant: one("tenant"),
        actor: one("actor", "ac_none"),
        action: one("action", "nothing"),
        outcome: one("outcome"),
        resource: one(
          "resource",
          "secret",
          "config",
          "sec",
          "config@3",
          `secret:${node}`,
          `secret:${node}@2`,
          "none",
          "\0",
          "😀",
        ),
      })
      .map(
        (fields) =>
          Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Filtered>,
      );
    const time = fc.option(
      fc.integer({ min: -2, max: Math.ceil(SIZE / 3) + 2 }).map((hours) => START_MS + hours * HOUR_MS),
      { nil: undefined },
    );
    const query = fc.record({
      where,
      before: fc.option(fc.nat(SIZE + 10), { nil: undefined }),
      sinceMs: time,
      untilMs: time,
    });
    const limits = fc.record({
      maxScanned: fc.integer({ min: 300, max: 4_000 }),
      rareEntries: fc.constantFrom(0, 200, 4_096),
    });
    await fc.assert(
      fc.asyncProperty(query, fc.integer({ min: 40, max: 400 }), limits, async (asked, limit, bounds) => {
        expect(await all(asked, limit, bounds)).toEqual(expected(asked));
      }),
      { numRuns: 100 },
    );
  });

  it("ends a page that looked at enough, and says where to go on", async () => {
    const where = { outcome: "denied" };
    const limits = { maxScanned: 100, rareEntries: 0 };
    const page = await findEntries(pool, { where, limit: 50 }, limits);
    expect(page.items.map(({ entry }) => entry.seq)).toEqual(expected({ where }).filter((seq) => seq >= SIZE - 100));
    expect(page.next).toBe(SIZE - 100);
    expect(await findEntries(pool, { where, limit: 50, before: 100 }, limits)).not.toHaveProperty("next");
    expect((await reader.find({ where, limit: 3 })).next).toBe(expected({ where })[2]);
  });

  it("keeps to its time, from the first moment up to, not including, the last", async () => {
    const at = (hours: number): number => START_MS + hours * HOUR_MS;
    expect(await all({ where: {}, sinceMs: at(1), untilMs: at(2) }, 10)).toEqual([5, 4, 3]);
    expect(await all({ where: {}, sinceMs: at(1) + 1, untilMs: at(2) + 1 }, 10)).toEqual([8, 7, 6]);
    expect(await all({ where: {}, untilMs: -62_135_596_800_000 }, 10)).toEqual([]);
    expect(await all({ where: {}, sinceMs: 253_402_300_799_999 }, 10)).toEqual([]);
  });

  it("shows no entry under a column that its bytes contradict, and none beyond its head", async () => {
    const { settings, client, drop } = await prepareDatabase([]);
    onTestFinished(drop);
    await storeEntries(client, entries.slice(0, 10));
    await storeEntries(client, [sampleEntry(10, { resource: "secret" })]);
    await client.query("ALTER TABLE entries DISABLE TRIGGER USER; ALTER TABLE head DISABLE TRIGGER USER");
    await client.query("UPDATE entries SET actor = 'ac_mallory' WHERE seq = 4");
    const asked = { where: { actor: "ac_mallory" }, limit: 5 };
    const forged = new PostgresLedgerReader(await connected(settings));
    expect(await forged.find(asked)).toEqual({ items: [] });
    await client.query("UPDATE head SET size = 10");
    expect((await forged.find({ where: {}, limit: 1 })).items[0]?.entry.seq).toBe(9);
  });
});
