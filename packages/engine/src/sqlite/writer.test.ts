import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { parseEntry } from "@holdfast/kernel/entry";
import { verifyHead } from "@holdfast/kernel/head";
import { describe, expect, it, onTestFinished } from "vitest";
import { verifySignature } from "../crypto.ts";
import { LedgerStore } from "./ledger-store.ts";
import {
  forWriter,
  grant,
  grants,
  keys,
  ORIGIN,
  PUBLIC_KEY,
  STATE_KEY,
  temporaryFolder,
  ungrant,
  writerOptions,
} from "./committer.fixture.ts";
import { openWriteConnection } from "./connection.ts";
import { SqliteStorage } from "./sqlite-storage.ts";
import { SqliteWriter, type WriterDependencies, type WriterOptions } from "./writer.ts";

interface Opened {
  readonly writer: SqliteWriter;
  readonly path: string;
  readonly store: () => LedgerStore;
  readonly database: () => DatabaseSync;
}

async function opened(
  over: Partial<WriterOptions> = {},
  dependencies: Partial<WriterDependencies> = {},
): Promise<Opened> {
  const path = join(temporaryFolder(onTestFinished), "holdfast.db");
  let database: DatabaseSync | undefined;
  const openDatabase = (at: string) => {
    database = openWriteConnection(at);
    return database;
  };
  const writer = new SqliteWriter(writerOptions(path, over), { openDatabase, nowMs: Date.now, ...dependencies });
  await writer.open();
  const current = () => database as DatabaseSync;
  return { writer, path, store: () => new LedgerStore(current()), database: current };
}

const rowsOf = (database: DatabaseSync) =>
  database
    .prepare("SELECT actor, rev, seq FROM grants ORDER BY actor")
    .all()
    .map((row) => ({ ...row }));

describe("a batch", () => {
  it("chains its entries, moves the signed head past them and gives them one time", async () => {
    const { writer, store } = await opened();
    const result = writer.commit([forWriter(), forWriter({ action: "secret.write" })]);
    const [first, second] = store()
      .entries(0, 10)
      .map(({ bytes }) => parseEntry(bytes));
    expect(result).toMatchObject({ firstSeq: 0, misses: [] });
    expect(result.head.size).toBe(2);
    expect(verifyHead(verifySignature, PUBLIC_KEY, ORIGIN, result.head)).toBe(true);
    expect([first?.seq, second?.seq]).toEqual([0, 1]);
    expect(first?.time).toBe(second?.time);
    expect(second?.action).toBe("secret.write");
  });

  it("writes, updates and deletes rows only at the row version they expect", async () => {
    const { writer, database } = await opened();
    const { misses } = writer.commit([
      forWriter({ changes: [grant("ann", 0), grant("bob", 0)] }),
      forWriter({ changes: [grant("ann", 1, { uses: 2 })] }),
      forWriter({ changes: [grant("ann", 1, { uses: 3 })] }),
      forWriter({ changes: [ungrant("bob", 2)] }),
      forWriter({ changes: [ungrant("bob", 1)] }),
      forWriter({ changes: [grant("ann", 0)] }),
    ]);
    expect(misses).toEqual([2, 3, 5].map((index) => ({ index, status: "conflict", table: "grants" })));
    expect(rowsOf(database())).toEqual([{ actor: "ann", rev: 2, seq: 1 }]);
  });

  it("leaves nothing of a submission whose second change conflicts, and keeps the others", async () => {
    const { writer, database, store } = await opened();
    const { misses } = writer.commit([
      forWriter({ changes: [grant("ann", 0), grant("bob", 4)] }),
      forWriter({ changes: [grant("cid", 0)] }),
    ]);
    expect(misses).toEqual([{ index: 0, status: "conflict", table: "grants" }]);
    expect(rowsOf(database())).toEqual([{ actor: "cid", rev: 1, seq: 0 }]);
    expect(store().size()).toBe(1);
  });

  it("refuses as stale what depends on a submission that was committed, not on one that was not", async () => {
    const { writer } = await opened();
    const { misses } = writer.commit([
      forWriter({ changes: [grant("ann", 7)] }),
      forWriter({ changes: [grant("bob", 0)] }),
      forWriter({}, [0]),
      forWriter({}, [0, 1]),
      forWriter({}, [3]),
    ]);
    expect(misses).toEqual([
      { index: 0, status: "conflict", table: "grants" },
      { index: 3, status: "stale", by: 1 },
    ]);
  });

  it("refuses an entry outside the grammar alone, and takes its changes back", async () => {
    const { writer, database } = await opened();
    const { misses } = writer.commit([
      forWriter({ reason: "not a code", changes: [grant("ann", 0)] }),
      forWriter({ reason: "NOT" }),
      forWriter(),
    ]);
    expect(misses.map(({ index, status }) => [index, status])).toEqual([
      [0, "refused"],
      [1, "refused"],
    ]);
    expect(rowsOf(database())).toEqual([]);
  });

  it("does not move the head when nothing of it holds", async () => {
    const { writer } = await opened();
    const result = writer.commit([forWriter({ changes: [grant("ann", 3)] })]);
    expect(result.head.size).toBe(0);
    expect(writer.checkpoint()).toBeUndefined();
  });

  it("keeps times from going back with the clock, and says by how much it was behind", async () => {
    let now = 1_700_000_000_000;
    const { writer, store } = await opened({}, { nowMs: () => now });
    writer.commit([forWriter()]);
    now -= 60_000;
    const result = writer.commit([forWriter()]);
    expect(result).toMatchObject({ clockBackMs: 60_000, timeMs: 1_700_000_000_000 });
    expect(
      store()
        .entries(0, 2)
        .map(({ bytes }) => parseEntry(bytes).time),
    ).toEqual(Array.from({ length: 2 }, () => "2023-11-14T22:13:20.000Z"));
  });

  it("carries a checkpoint when a thousand entries have come together", async () => {
    const { writer } = await opened();
    const batch = (count: number) => writer.commit(Array.from({ length: count }, () => forWriter()));
    expect(batch(999).checkpoint).toBeUndefined();
    expect(batch(1).checkpoint?.size).toBe(1_000);
    expect(batch(1_000).checkpoint?.size).toBe(2_000);
    expect(writer.checkpoint()).toBeUndefined();
  });

  it("writes rows but no entries when a benchmark leaves them out", async () => {
    const { writer, database, store } = await opened({ recordEntries: false });
    expect(writer.commit([forWriter({ changes: [grant("ann", 0)] }), forWriter()]).firstSeq).toBe(0);
    expect(writer.commit([forWriter()]).firstSeq).toBe(2);
    expect(rowsOf(database())).toHaveLength(1);
    expect(store().size()).toBe(0);
  });
});

describe("the rows that a batch wrote", () => {
  it("are read with every kind of cell as they were written", async () => {
    const { writer, path } = await opened();
    const seal = new Uint8Array([0, 1, 255]);
    const label = "nul \0, quote ', é, 🔑";
    const id = new Uint8Array([7]);
    writer.commit([
      forWriter({ changes: [grant("ann", 0, { uses: -5, seal }), { put: keys, row: { id, label }, expect: 0 }] }),
    ]);
    const storage = new SqliteStorage(path, STATE_KEY);
    const row = storage.row(grants, { tenant: "t", actor: "ann" });
    expect(row).toMatchObject({ rev: 1, seq: 0, row: { tenant: "t", actor: "ann", uses: -5 } });
    expect(storage.row(keys, { id })?.row["label"]).toBe(label);
    expect(storage.row(keys, { id: new Uint8Array([8]) })).toBeUndefined();
    expect(storage.rows(grants, "SELECT * FROM grants WHERE actor = ?", ["ann"])[0]?.row["seal"]).toEqual(seal);
    storage.close();
  });

  it.each([
    ["changed", "UPDATE grants SET uses = 99"],
    ["moved to another tenant", "UPDATE grants SET tenant = 'u'"],
    ["said to be of another entry", "UPDATE grants SET seq = 5"],
    ["of another row version", "UPDATE grants SET rev = 2"],
    ["of an impossible row version", "UPDATE grants SET rev = 0"],
    ["inserted by hand", "INSERT INTO grants SELECT tenant, 'eve', uses, seal, rev, seq, mac FROM grants"],
  ])("are refused when one was %s", async (_, sql) => {
    const { writer, path, database } = await opened();
    writer.commit([forWriter({ changes: [grant("ann", 0)] })]);
    database().exec(sql);
    const storage = new SqliteStorage(path, STATE_KEY);
    expect(() => storage.rows(grants, "SELECT * FROM grants ORDER BY actor DESC", [])).toThrow(
      expect.objectContaining({ code: "state_tampered" }),
    );
    storage.close();
  });
});

describe("a batch that cannot be written", () => {
  it("leaves the head where it was when the disk is full, and the next one goes on", async () => {
    const { writer, database, store } = await opened();
    writer.commit([forWriter({ changes: [grant("ann", 0)] })]);
    const pages = Number(database().prepare("PRAGMA page_count").get()?.["page_count"]);
    database().exec(`PRAGMA max_page_count = ${pages}`);
    const large = Array.from({ length: 200 }, (_, index) => forWriter({ changes: [grant(`bob${index}`, 0)] }));
    expect(() => writer.commit(large)).toThrow(expect.objectContaining({ code: "write_failed" }));
    expect(writer.isUsable).toBe(true);
    expect(store().size()).toBe(1);
    database().exec("PRAGMA max_page_count = 100000");
    expect(writer.commit([forWriter({ changes: [grant("ann", 1)] })]).firstSeq).toBe(1);
    expect(rowsOf(database())).toEqual([{ actor: "ann", rev: 2, seq: 1 }]);
  });

  it("goes on after a full disk on which SQLite has rolled back by itself", async () => {
    let isFull = false;
    const openDatabase = (path: string) => {
      const database = openWriteConnection(path);
      const prepare = database.prepare.bind(database);
      const commit = () => {
        database.exec(isFull ? "ROLLBACK" : "COMMIT");
        if (isFull) throw Object.assign(new Error("database or disk is full"), { errcode: 13 });
      };
      const fake = { run: commit } as unknown as ReturnType<DatabaseSync["prepare"]>;
      database.prepare = (sql: string) => (sql === "COMMIT" ? fake : prepare(sql));
      return database;
    };
    const { writer } = await opened({}, { openDatabase });
    isFull = true;
    expect(() => writer.commit([forWriter()])).toThrow(expect.objectContaining({ code: "write_failed" }));
    isFull = false;
    expect(writer.commit([forWriter()]).firstSeq).toBe(0);
  });

  it("gives the connection up when it cannot be rolled back either", async () => {
    let database: DatabaseSync | undefined;
    const openDatabase = (path: string) => {
      database = openWriteConnection(path);
      const prepare = database.prepare.bind(database);
      const fail = () => {
        throw Object.assign(new Error("database or disk is full"), { errcode: 13 });
      };
      const fake = { run: fail } as unknown as ReturnType<DatabaseSync["prepare"]>;
      database.prepare = (sql: string) => (sql === "COMMIT" || sql === "ROLLBACK" ? fake : prepare(sql));
      return database;
    };
    const { writer } = await opened({}, { openDatabase });
    expect(() => writer.commit([forWriter()])).toThrow(expect.objectContaining({ code: "write_failed" }));
    expect([writer.isUsable, database?.isOpen]).toEqual([false, false]);
  });

  it("gives the connection up after any other failure", async () => {
    const { writer, database } = await opened();
    database().exec("DROP TABLE entries");
    expect(() => writer.commit([forWriter()])).toThrow(expect.objectContaining({ code: "write_failed" }));
    expect(writer.isUsable).toBe(false);
    expect(() => writer.commit([forWriter()])).toThrow("not open");
    expect(writer.close()).toBeUndefined();
  });

  it("is not written to a file that was unlinked or replaced under the writer", async () => {
    const { writer, path } = await opened();
    writer.commit([forWriter()]);
    renameSync(path, `${path}.old`);
    writeFileSync(path, readFileSync(`${path}.old`));
    expect(() => writer.commit([forWriter()])).toThrow(expect.objectContaining({ code: "write_failed" }));
    expect(() => writer.checkpoint()).toThrow("not open");
  });

  it("is not written over the head of another writer", async () => {
    const { writer, database } = await opened();
    writer.commit([forWriter()]);
    database().exec("UPDATE head SET size = 7");
    expect(() => writer.commit([forWriter()])).toThrow(expect.objectContaining({ code: "write_failed" }));
  });
});

describe("a checkpoint", () => {
  it("is not issued over another writer's", async () => {
    const { writer, database } = await opened();
    writer.commit([forWriter()]);
    database().exec("INSERT INTO checkpoints VALUES (1, 'x')");
    expect(() => writer.checkpoint()).toThrow(expect.objectContaining({ code: "write_failed" }));
  });

  it("is not issued when the tree no longer contains the last one", async () => {
    const { writer, database } = await opened();
    writer.commit([forWriter()]);
    writer.checkpoint();
    writer.commit([forWriter(), forWriter()]);
    database().exec("UPDATE entries SET bytes = x'00' WHERE seq = 1");
    expect(() => writer.checkpoint()).toThrow(expect.objectContaining({ code: "write_failed" }));
  });

  it("is issued at close, and only when something came since", async () => {
    const { writer } = await opened();
    writer.commit([forWriter()]);
    expect(writer.truncateWal()).toBe(true);
    expect(writer.close()?.size).toBe(1);
    expect(writer.close()).toBeUndefined();
  });
});
