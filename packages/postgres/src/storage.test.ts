import { type Cell, Refusal, type Row, type Table } from "@holdfast/engine";
import fc from "fast-check";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createPool } from "./connect.ts";
import { asSuperuser, connected, hasServer } from "./database.fixture.ts";
import { PoolReads } from "./pool-reads.ts";
import { type PreparedDatabase, prepareDatabase, STATE_KEY, store } from "./prepared-database.fixture.ts";
import type { PostgresSettings } from "./settings.ts";
import { PostgresStorage } from "./storage.ts";

const things: Table = {
  name: "things",
  columns: { id: "blob", name: "text", size: "integer", note: "text?", most: "integer?", sealed: "blob?" },
  key: ["id", "name"],
  indexes: [["size"]],
};
const ALL = "SELECT * FROM things WHERE size >= ? ORDER BY name";
const SLOW = "SELECT things.* FROM things, pg_sleep(0.3) AS slept WHERE size >= ?";
const id = Uint8Array.of(0, 1, 255);
const row: Row = { id, name: "a?é🔑", size: Number.MAX_SAFE_INTEGER, note: null, most: -1, sealed: new Uint8Array(0) };

describe.skipIf(!hasServer)("rows in PostgreSQL", () => {
  let database: PreparedDatabase;
  beforeAll(async () => {
    database = await prepareDatabase([things]);
    await store(database.client, things, row, 7);
  });
  afterAll(() => database.drop());

  function opened(over: Partial<PostgresSettings> = {}): { readonly storage: PostgresStorage; readonly pool: pg.Pool } {
    const pool = createPool({ ...database.settings, ...over });
    onTestFinished(() => pool.end());
    return { storage: new PostgresStorage(new PoolReads(pool), STATE_KEY), pool };
  }

  it("come as SQLite gives them: text, numbers, bytes of their own, null", async () => {
    const { storage } = opened();
    const stored = { row, rev: 1, seq: 7 };
    expect(await storage.row(things, { id, name: "a?é🔑" })).toMatchObject(stored);
    const [found] = await storage.rows(things, ALL, [0]);
    expect(found?.row).toStrictEqual(row);
    expect((found!.row["id"] as Uint8Array).buffer.byteLength).toBe(3);
    expect(await storage.row(things, { id, name: "A?é🔑" })).toBeUndefined();
    expect(await storage.rows(things, ALL, [Number.MAX_SAFE_INTEGER])).toHaveLength(1);
  });

  it("come the same when the role's bytes are spelled the old way", async () => {
    await database.client.query(`ALTER ROLE ${database.settings.user} SET bytea_output = 'escape'`);
    onTestFinished(
      async () => void (await database.client.query(`ALTER ROLE ${database.settings.user} RESET bytea_output`)),
    );
    expect((await opened().storage.row(things, { id, name: "a?é🔑" }))?.row).toStrictEqual(row);
  });

  it("survive the way there and back, whatever they hold", async () => {
    const { storage } = opened();
    const text = fc.string({ unit: "binary" }).filter((value) => !value.includes("\0"));
    const bytes = fc.uint8Array({ maxLength: 5_000 });
    const cells = {
      id: fc.uint8Array({ minLength: 1, maxLength: 40 }),
      name: text,
      size: fc.maxSafeInteger(),
      note: fc.option(text),
      most: fc.option(fc.maxSafeInteger()),
      sealed: fc.option(bytes),
    };
    const rows = fc.record(cells, { noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(rows, async (any) => {
        await database.client.query("DELETE FROM things WHERE seq = 8");
        await store(database.client, things, any, 8);
        expect((await storage.row(things, { id: any.id, name: any.name }))?.row).toStrictEqual(any);
      }),
      { numRuns: 50 },
    );
    await database.client.query("DELETE FROM things WHERE seq = 8");
  });

  it("are nobody's with a NUL in a key, which no text of PostgreSQL holds", async () => {
    const { storage } = opened();
    expect(await storage.row(things, { id, name: "a\0" })).toBeUndefined();
    expect(await storage.rows(things, "SELECT * FROM things WHERE name = ?", ["\0"])).toEqual([]);
    expect(await storage.rows(things, "SELECT * FROM things WHERE id = ?", [Uint8Array.of(0, 2)])).toEqual([]);
  });

  it.each([
    ["another cell", "UPDATE things SET note = 'x'"],
    ["another number", "UPDATE things SET most = 5"],
    ["a number that no server writes", "UPDATE things SET most = 9223372036854775807"],
    ["another entry", "UPDATE things SET seq = 6"],
    ["another version", "UPDATE things SET rev = 2"],
    ["no MAC", "UPDATE things SET mac = ''"],
  ])("are not believed once there is %s", async (_, sql) => {
    const { storage } = opened();
    onTestFinished(async () => {
      await database.client.query("DELETE FROM things");
      await store(database.client, things, row, 7);
    });
    await database.client.query(sql);
    await expect(storage.row(things, { id, name: "a?é🔑" })).rejects.toMatchObject({ code: "state_tampered" });
    await expect(storage.rows(things, ALL, [0])).rejects.toMatchObject({ code: "state_tampered" });
  });

  it("are read on when a table gets a column under prepared statements", async () => {
    const { storage, pool } = opened({ maxConnections: 2 });
    const read = async (): Promise<number> => (await storage.rows(things, ALL, [0])).length;
    expect(await Promise.all([read(), read()])).toEqual([1, 1]);
    expect(pool.totalCount).toBe(2);
    await database.client.query("ALTER TABLE things ADD COLUMN later text");
    onTestFinished(async () => void (await database.client.query("ALTER TABLE things DROP COLUMN later")));
    expect(await Promise.all([read(), read(), read()])).toEqual([1, 1, 1]);
  });

  const refused = { name: "Refusal", code: "storage_failed", details: { retryAfterSeconds: 1 } };

  it("are refused for a moment when a connection is ended in the middle, and then come again", async () => {
    const { storage } = opened();
    const reading = storage.rows(things, SLOW, [0]).catch((error: unknown) => error);
    const ended = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND query LIKE '%pg_sleep(0.3)%' AND pid <> pg_backend_pid()`;
    for (let count = 0; count === 0; ) count = (await database.client.query(ended)).rowCount ?? 0;
    expect(await reading).toMatchObject(refused);
    expect(await storage.rows(things, ALL, [0])).toHaveLength(1);
  });

  it("are refused for a moment when a statement takes too long", async () => {
    const { storage } = opened({ statementTimeoutMs: 100 });
    await expect(storage.rows(things, SLOW, [0])).rejects.toMatchObject(refused);
  });

  it("are refused for a moment when no connection comes free", async () => {
    const { storage, pool } = opened({ maxConnections: 1 });
    Object.assign(pool.options, { connectionTimeoutMillis: 50 });
    const holding = storage.rows(things, SLOW, [0]);
    await expect(storage.rows(things, ALL, [0])).rejects.toMatchObject(refused);
    expect(await holding).toHaveLength(1);
  });

  it("are refused for a moment when there are too many connections, or nobody listens", async () => {
    const superuser = await connected(asSuperuser(database.settings));
    await superuser.query(`ALTER ROLE ${database.settings.user} CONNECTION LIMIT 0`);
    onTestFinished(
      async () => void (await superuser.query(`ALTER ROLE ${database.settings.user} CONNECTION LIMIT -1`)),
    );
    const limited = opened()
      .storage.rows(things, ALL, [0])
      .catch((error: unknown) => error);
    expect(await limited).toMatchObject({ ...refused, cause: { code: "53300" } });
    const alone = opened({ host: "127.0.0.1", port: 1 }).storage.rows(things, ALL, [0]);
    await expect(alone).rejects.toMatchObject(refused);
  });

  it("tell callers nothing of the database, and operators its code", async () => {
    const { storage } = opened();
    const failed = await storage.rows(things, "SELECT * FROM secrets_of_others", []).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(Refusal);
    const { message, details } = failed as Refusal;
    expect(message).toBe("The server cannot read its data at the moment.");
    expect(details.hint).toBe("Nothing was done. Try again; /readyz tells when.");
    expect(details.operatorDetail).toBe("SQLSTATE 42P01");
  });

  it("are found by the order of bytes", async () => {
    const { storage } = opened();
    const names = ["a", "B", "b", "é", "z", "\u{ffff}", "\u{10000}", "%", "_", "a b", "ab", "Ä"];
    for (const name of names) await store(database.client, things, { ...row, name }, 9);
    onTestFinished(async () => void (await database.client.query("DELETE FROM things WHERE seq = 9")));
    const found = await storage.rows(things, "SELECT * FROM things WHERE seq = ? ORDER BY name", [9]);
    const inBytes = names.toSorted((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
    expect(found.map((stored): Cell | undefined => stored.row["name"])).toEqual(inBytes);
  });
});
