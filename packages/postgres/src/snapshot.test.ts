import { type LedgerVerification, type Row, startVerification, type Table } from "@holdfast/engine";
import type { LedgerBlock, RawRow, Snapshot } from "@holdfast/engine/back-end";
import { KernelError } from "@holdfast/kernel/errors";
import fc from "fast-check";
import type { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { createPostgresCommitter } from "./committer.ts";
import {
  freshDatabase,
  grant,
  ORIGIN,
  PUBLIC_KEY,
  SIGNING_SEED,
  STATE_KEY,
  submission,
  TABLES,
  ungrant,
} from "./committer.fixture.ts";
import { connect } from "./connect.ts";
import { asSuperuser, connected, hasServer } from "./database.fixture.ts";
import {
  type PreparedDatabase,
  prepareDatabase,
  sampleEntry,
  store,
  storeEntries,
} from "./prepared-database.fixture.ts";
import type { PostgresSettings } from "./settings.ts";
import { openSnapshot, postgresSource } from "./snapshot.ts";

const things: Table = {
  name: "things",
  columns: { name: "text", part: "integer", id: "blob", body: "blob?", note: "text?" },
  key: ["name", "part", "id"],
  indexes: [["note"], ["part", "name"]],
};
const id = Uint8Array.of(0, 255);
const thing = (name: string, part: number, more: Row = {}): Row => ({ name, part, id, ...more });

describe.skipIf(!hasServer)("a snapshot of PostgreSQL", () => {
  let database: PreparedDatabase;
  beforeAll(async () => {
    database = await prepareDatabase([things]);
  });
  afterAll(() => database.drop());
  beforeEach(() => database.client.query("DELETE FROM things"));

  async function opened(isFrozen = true): Promise<Snapshot> {
    const snapshot = await openSnapshot(database.settings, isFrozen);
    onTestFinished(() => snapshot.close());
    return snapshot;
  }

  async function all(snapshot: Snapshot): Promise<RawRow[]> {
    const rows = [];
    for await (const batch of snapshot.allRows(things)) rows.push(...batch);
    return rows;
  }

  it("gives rows by their keys, in the order asked for", async () => {
    for (const part of [1, 2, 3]) await store(database.client, things, thing("a", part, { note: `${part}` }), part);
    const snapshot = await opened();
    const keys = [thing("a", 3), thing("b", 3), thing("a", 1), thing("a", 3), thing("\0", 1)];
    const found = await snapshot.rows(things, keys);
    expect(found.map((raw) => raw?.["note"])).toEqual(["3", undefined, "1", "3", undefined]);
    expect(Object.keys(found[0]!)).toEqual(["name", "part", "id", "body", "note", "rev", "seq", "mac"]);
    expect(found[0]).toMatchObject({ id, body: null, rev: 1, seq: 3 });
    expect(await snapshot.rows(things, [])).toEqual([]);
  });

  it("gives every row of a table, however many there are", async () => {
    const keys = fc.uniqueArray(fc.tuple(fc.constantFrom("", "a", "B", "é", "😀"), fc.maxSafeInteger()), {
      selector: ([name, part]) => `${name} ${part}`,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(keys, async (some) => {
        await database.client.query("DELETE FROM things");
        for (const [name, part] of some) await store(database.client, things, thing(name, part));
        const snapshot = await openSnapshot(database.settings, true);
        const found = await all(snapshot);
        await snapshot.close();
        const text = (rows: readonly (readonly unknown[])[]): string[] => rows.map((row) => row.join(" ")).sort();
        expect(text(found.map((raw) => [raw["name"], raw["part"]]))).toEqual(text(some));
      }),
      { numRuns: 20 },
    );
  });

  it("reads a table in batches that memory holds, and answers other calls in between", async () => {
    await database.client.query(
      `INSERT INTO things SELECT 'small', n, '', NULL, NULL, 1, 0, '' FROM generate_series(1, 1200) AS n`,
    );
    await database.client.query(`INSERT INTO things SELECT 'vast', n, '', convert_to(repeat('x', 3000000), 'UTF8'), NULL, 1, 0, ''
      FROM generate_series(1, 5) AS n`);
    const snapshot = await opened();
    const sizes = [];
    for await (const batch of snapshot.allRows(things)) {
      sizes.push(batch.length);
      const [again] = await snapshot.rows(things, [batch[0] as Row]);
      expect(again?.["part"]).toBe(batch[0]?.["part"]);
    }
    expect(sizes.reduce((sum, size) => sum + size)).toBe(1_205);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(512);
    expect(sizes.slice(-2)).toEqual([2, 1]);
  });

  it("stands still when it is frozen, and writes nothing", async () => {
    await store(database.client, things, thing("a", 1));
    const [frozen, moving] = [await opened(true), await opened(false)];
    expect(await all(frozen)).toHaveLength(1);
    await store(database.client, things, thing("a", 2));
    expect(await all(frozen)).toHaveLength(1);
    expect(await all(moving)).toHaveLength(2);
    expect(await frozen.rows(things, [thing("a", 2)])).toEqual([undefined]);
  });

  it("is not opened where there is no database", async () => {
    const elsewhere = openSnapshot({ ...database.settings, database: "nowhere" }, true);
    await expect(elsewhere).rejects.toMatchObject({ name: "StorageFault", code: "database_unreachable" });
  });

  it("answers several questions at once", async () => {
    const warned: string[] = [];
    const listener = (warning: Error): void => void warned.push(warning.message);
    process.on("warning", listener);
    onTestFinished(() => void process.off("warning", listener));
    await store(database.client, things, thing("a", 1));
    const snapshot = await opened();
    const [rows, size] = await Promise.all([snapshot.rows(things, [thing("a", 1)]), snapshot.ledger.size()]);
    expect([rows.length, size]).toEqual([1, 0]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(warned).toEqual([]);
  });

  describe("of a table whose index lost a row", () => {
    /** Whoever may do everything takes an index out of service for a moment. */
    async function lose(index: string): Promise<void> {
      const superuser = await connected(asSuperuser(database.settings));
      const ready = (isReady: boolean) =>
        superuser.query(`UPDATE pg_index SET indisready = ${isReady}, indisvalid = ${isReady}
          WHERE indexrelid = 'holdfast.${index}'::regclass`);
      await ready(false);
      const late = await connect(database.settings, "migration");
      await store(late, things, thing("lost", 9, { note: "n" }));
      await late.end();
      await ready(true);
      onTestFinished(async () => void (await superuser.query(`REINDEX INDEX holdfast.${index}`)));
    }

    async function fault(): Promise<string | undefined> {
      const snapshot = await openSnapshot(database.settings, true);
      try {
        return await snapshot.tableFault(things);
      } finally {
        await snapshot.close();
      }
    }

    it.each([
      ["things_pkey", "things (name, part, id)"],
      ["things_by_note", "things (note)"],
      ["things_by_part_name", "things (part, name)"],
    ])("says so: %s", async (index, named) => {
      for (const part of [1, 2, 3]) await store(database.client, things, thing("a", part));
      expect(await fault()).toBeUndefined();
      await lose(index);
      expect(await fault()).toBe(`The index of ${named} leads to 3 rows of 4.`);
    });
  });

  it("tells damage from what is only out of reach", async () => {
    const snapshot = await opened();
    const withCode = (code: string): Error => Object.assign(new Error(code), { code });
    for (const code of ["XX000", "XX001", "XX002", "42P01", "42703", "58P01"]) {
      expect(snapshot.isDamage(withCode(code))).toBe(true);
    }
    for (const code of ["57P01", "53300", "08006", "ECONNRESET"]) expect(snapshot.isDamage(withCode(code))).toBe(false);
    expect(snapshot.isDamage(new Error("Connection terminated unexpectedly"))).toBe(false);
    expect(snapshot.isDamage(new KernelError("entry_invalid", "no entry"))).toBe(true);
    expect(await snapshot.damage()).toBeUndefined();
  });
});

describe.skipIf(!hasServer)("what queries go by", () => {
  const entries = Array.from({ length: 20 }, (_, seq) => sampleEntry(seq));
  const block: LedgerBlock = { start: 0, records: [], entries };
  let database: PreparedDatabase;
  let superuser: Client;
  beforeAll(async () => {
    database = await prepareDatabase([]);
    await storeEntries(database.client, entries);
    superuser = await connect(asSuperuser(database.settings), "migration");
    await superuser.query("ALTER TABLE entries DISABLE TRIGGER USER");
  });
  afterAll(async () => {
    await superuser.end();
    await database.drop();
  });

  async function fault(): Promise<string | undefined> {
    const snapshot = await openSnapshot(database.settings, false);
    onTestFinished(() => snapshot.close());
    return snapshot.indexFault(block);
  }

  it("is what the entries say", async () => {
    expect(await fault()).toBeUndefined();
  });

  it.each([
    ["tenant", "tenant = 'tn_other'"],
    ["actor", "actor = 'ac_other'"],
    ["action", "action = 'secret.destroy'"],
    ["resource", "resource = 'config'"],
    ["resource", "resource = resource || '@7'"],
    ["outcome", "outcome = 'failed'"],
    ["time", "time = time + interval '1 millisecond'"],
    ["time", "time = time + interval '1 microsecond'"],
    ["seq", "seq = 21"],
  ])("is shown to differ in %s after SET %s", async (column, change) => {
    await superuser.query("BEGIN");
    await superuser.query(`UPDATE entries SET ${change} WHERE seq = 6`);
    await superuser.query("COMMIT");
    onTestFinished(async () => {
      await superuser.query("DELETE FROM entries");
      await storeEntries(database.client, entries);
    });
    expect(await fault()).toBe(`Column ${column} of entry 6 is not what its bytes say.`);
  });

  it("is shown to have a second row for an entry", async () => {
    const copied = `INSERT INTO entries SELECT seq, time + interval '1 hour', tenant, actor, action, resource, outcome, bytes
      FROM entries WHERE seq = 6`;
    await superuser.query("ALTER TABLE entries DISABLE TRIGGER entries_insert");
    await superuser.query(copied);
    onTestFinished(async () => void (await superuser.query("DELETE FROM entries")));
    expect(await fault()).toBe("Entries 0 and following have 21 rows.");
  });
});

describe.skipIf(!hasServer)("a verification of a ledger in PostgreSQL", { timeout: 60_000 }, () => {
  async function written(): Promise<PostgresSettings> {
    const settings = await freshDatabase(onTestFinished);
    const committer = await createPostgresCommitter({
      settings,
      node: "n",
      tables: TABLES,
      origin: ORIGIN,
      signingSeed: SIGNING_SEED,
      stateKey: STATE_KEY,
      known: [],
      onCommitted: () => undefined,
    });
    const history = [
      grant("ann", 0),
      grant("bob", 0),
      grant("ann", 1, { uses: 2 }),
      ungrant("bob", 1),
      grant("cid", 0),
    ];
    for (const change of history) await committer.submit(submission({ changes: [change] }));
    await Promise.all(Array.from({ length: 600 }, () => committer.submit(submission({ resource: "secret" }))));
    await committer.checkpointNow();
    await committer.close();
    return settings;
  }

  function verified(settings: PostgresSettings): Promise<LedgerVerification> {
    return startVerification({
      source: postgresSource(settings),
      identity: { origin: ORIGIN, publicKey: PUBLIC_KEY },
      known: [],
      state: {
        tables: TABLES,
        stateKey: STATE_KEY,
        erasureActions: [],
        opener: { module: new URL("plain-payload.fixture.ts", import.meta.url).href, data: undefined },
      },
    }).result;
  }

  it("holds for what was committed, and names the row or entry that someone changed since", async () => {
    const settings = await written();
    expect(await verified(settings)).toMatchObject({ ok: true, size: 605, state: { ok: true, rows: 2 } });
    const superuser = await connected(settings);
    await superuser.query("UPDATE grants SET uses = 9 WHERE actor = 'ann'");
    const tampered = { table: "grants", key: '["t","ann"]', reason: "mac_invalid" };
    await superuser.query("DELETE FROM grants WHERE actor = 'cid'");
    const missing = { table: "grants", key: '["t","cid"]', reason: "row_missing" };
    expect((await verified(settings)).state?.unexplained).toEqual([tampered, missing]);
    await superuser.query("ALTER TABLE entries DISABLE TRIGGER USER");
    await superuser.query("UPDATE entries SET actor = 'ac_other' WHERE seq = 300");
    expect((await verified(settings)).firstBad?.seq).toBe(256);
    await superuser.query(
      "UPDATE entries SET bytes = convert_to(replace(convert_from(bytes, 'UTF8'), 'secret.read', 'secret.seen'), 'UTF8') WHERE seq = 77",
    );
    expect((await verified(settings)).firstBad?.seq).toBe(77);
  });
});
