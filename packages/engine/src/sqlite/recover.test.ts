import { chmodSync, copyFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { signerFromSeed } from "../crypto.ts";
import { LedgerStore } from "./ledger-store.ts";
import type { Table } from "../table.ts";
import { forWriter, grant, grants, keys, temporaryFolder, writerOptions } from "./committer.fixture.ts";
import { openWriteConnection } from "./connection.ts";
import { recover } from "./recover.ts";
import { SqliteWriter, type WriterOptions } from "./writer.ts";
import type { Recovery, TreeHead } from "../committer/recovery.ts";

async function filled(entries: number, over: Partial<WriterOptions> = {}): Promise<{ path: string; known: TreeHead }> {
  const path = join(temporaryFolder(onTestFinished), "holdfast.db");
  const known = await append(path, entries, over);
  return { path, known };
}

async function append(path: string, entries: number, over: Partial<WriterOptions> = {}): Promise<TreeHead> {
  const writer = new SqliteWriter(writerOptions(path, over));
  let { head } = await writer.open();
  for (let left = entries; left > 0; left -= 300) {
    head = writer.commit(Array.from({ length: Math.min(300, left) }, () => forWriter())).head;
  }
  writer.close();
  return head;
}

async function open(path: string, over: Partial<WriterOptions> = {}): Promise<Recovery> {
  const writer = new SqliteWriter(writerOptions(path, over));
  const recovery = await writer.open();
  writer.close();
  return recovery;
}

function edit(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

const fault = (code: string): unknown => expect.objectContaining({ name: "StorageFault", code });

describe("opening", () => {
  it("makes a new database of the owner's own, and finds it again", async () => {
    const { path } = await filled(0);
    expect(await open(path)).toMatchObject({
      isNew: false,
      verifiedFrom: 0,
      wasUnclean: false,
      isCheckpointMissing: false,
    });
    expect(readFileSync(path).subarray(0, 15).toString()).toBe("SQLite format 3");
  });

  it("verifies one by one only what came since the last checkpoint", async () => {
    const { path } = await filled(2_600);
    const writer = new SqliteWriter(writerOptions(path));
    expect(await writer.open()).toMatchObject({ verifiedFrom: 2_600, checkpoint: { size: 2_600 } });
    writer.commit([forWriter()]);
    const copy = `${path}.crashed`;
    for (const end of ["", "-wal"]) copyFileSync(path + end, copy + end);
    writer.close();
    expect(await open(copy)).toMatchObject({ verifiedFrom: 2_600, wasUnclean: true, head: { size: 2_601 } });
  });

  it("takes over a batch that was torn: either all of it stands, or nothing", async () => {
    const { path } = await filled(3);
    const writer = new SqliteWriter(writerOptions(path));
    await writer.open();
    writer.commit([forWriter({ changes: [grant("ann", 0)] }), forWriter()]);
    const wal = readFileSync(`${path}-wal`);
    const copy = `${path}.crashed`;
    const sizes = new Set<number>();
    for (let cut = wal.byteLength; cut > 0; cut -= 3_000) {
      copyFileSync(path, copy);
      writeFileSync(`${copy}-wal`, wal.subarray(0, cut));
      sizes.add((await open(copy)).head.size);
      for (const end of ["", "-wal", "-shm"]) rmSync(copy + end, { force: true });
    }
    writer.close();
    expect([...sizes].toSorted((left, right) => left - right)).toEqual([3, 5]);
  });

  it("lets another log begin where one was killed before its first entry, unless a ledger must be there", async () => {
    const { path } = await filled(0);
    const origin = `holdfast/log/${"z".repeat(25)}a`;
    await expect(open(path, { origin, mustExist: true })).rejects.toThrow(fault("database_foreign"));
    expect(await open(path, { origin })).toMatchObject({ head: { origin, size: 0 } });
    await expect(open(path, { known: [await append((await filled(1)).path, 1)] })).rejects.toThrow(
      fault("database_rolled_back"),
    );
  });

  it("says that checkpoints were removed, and verifies the entries all the same", async () => {
    const { path, known } = await filled(1_300);
    edit(path, "DELETE FROM checkpoints");
    expect(await open(path, { known: [known] })).toMatchObject({ isCheckpointMissing: true, verifiedFrom: 0 });
    expect(await open(path)).toMatchObject({ isCheckpointMissing: false, checkpoint: { size: 1_300 } });
  });
});

describe("a database is refused as", () => {
  it("missing, when it must exist", async () => {
    const path = join(temporaryFolder(onTestFinished), "holdfast.db");
    await expect(open(path, { mustExist: true })).rejects.toThrow(fault("database_unreadable"));
    writeFileSync(path, "");
    await expect(open(path, { mustExist: true })).rejects.toThrow(fault("database_unreadable"));
  });

  it("unreadable, when its folder does not exist", async () => {
    await expect(open("/nonexistent/holdfast.db")).rejects.toThrow(fault("database_unreadable"));
  });

  it("rolled back, when it is gone or smaller than a known head", async () => {
    const { path, known } = await filled(4);
    await expect(open(`${path}.other`, { known: [known] })).rejects.toThrow(fault("database_rolled_back"));
    const old = await filled(0);
    copyFileSync(path, old.path);
    const newer = await append(path, 1);
    await expect(open(old.path, { known: [newer] })).rejects.toThrow(fault("database_rolled_back"));
    expect((await open(path, { known: [known, newer] })).head.size).toBe(5);
  });

  it("forked, when a known head has another root", async () => {
    const { path } = await filled(4);
    const other = await filled(3);
    await expect(open(path, { known: [other.known] })).rejects.toThrow(fault("database_forked"));
  });

  it("foreign, when its log has another origin", async () => {
    const { path } = await filled(1);
    const origin = `holdfast/log/${"z".repeat(25)}a`;
    await expect(open(path, { origin })).rejects.toThrow(fault("database_foreign"));
  });

  it("newer, when a later version wrote it", async () => {
    const { path } = await filled(1);
    edit(path, "PRAGMA user_version = 99");
    await expect(open(path)).rejects.toThrow(fault("database_newer"));
  });

  it.each([
    ["size", "UPDATE head SET size = size - 1"],
    ["root", "UPDATE head SET root = lower(hex(zeroblob(32)))"],
    ["epoch", "UPDATE head SET epoch = 9"],
    ["signature", "UPDATE head SET signature = 'x'"],
  ])("forged, when the head's %s was changed", async (_, sql) => {
    const { path } = await filled(3);
    edit(path, sql);
    await expect(open(path)).rejects.toThrow(fault("head_forged"));
  });

  it("forged, when another key signed the head", async () => {
    const { path } = await filled(3);
    await expect(open(path, { signingSeed: new Uint8Array(32).fill(9) })).rejects.toThrow(fault("head_forged"));
  });

  it.each([
    ["its head is missing", "DELETE FROM head"],
    ["its last entry is missing", "DELETE FROM entries WHERE seq = 299"],
    ["entries stand behind its head", "INSERT INTO entries VALUES (400, x'00', NULL)"],
    ["a checkpoint is not of this log", "UPDATE checkpoints SET note = 'x'"],
    ["a checkpoint is stored for another size", "UPDATE checkpoints SET size = 12"],
    ["its last entries are missing", "DELETE FROM checkpoints; DELETE FROM entries WHERE seq > 290"],
    ["a tile of the right edge is missing", "DELETE FROM tiles"],
    ["an open tile was changed", "UPDATE tiles SET hashes = zeroblob(32) WHERE level = 1"],
  ])("damaged, when %s", async (_, sql) => {
    const { path } = await filled(300);
    edit(path, sql);
    await expect(open(path)).rejects.toThrow(expect.objectContaining({ name: "StorageFault" }));
  });

  it.each([
    [
      "an entry's bytes were changed",
      "UPDATE entries SET bytes = cast(replace(bytes, 'secret.read', 'secret.list') AS BLOB) WHERE seq = 200",
    ],
    ["an entry is missing", "DELETE FROM entries WHERE seq = 150"],
    [
      "two entries were swapped",
      "UPDATE entries SET seq = 1000 WHERE seq = 7; UPDATE entries SET seq = 7 WHERE seq = 8; UPDATE entries SET seq = 8 WHERE seq = 1000",
    ],
  ])("damaged, when among the entries since the last checkpoint %s", async (_, sql) => {
    const { path } = await filled(300);
    edit(path, "DELETE FROM checkpoints");
    edit(path, sql);
    await expect(open(path)).rejects.toThrow(fault("database_damaged"));
  });

  it("damaged, when the entry before those to be verified is missing", async () => {
    const { path } = await filled(512);
    edit(path, "DELETE FROM entries WHERE seq = 511");
    await expect(open(path)).rejects.toThrow(fault("database_damaged"));
  });

  it.each([64 * 1024, 4_096, 100, -4_096])("damaged, when it was cut off at %i bytes", async (bytes) => {
    const { path } = await filled(600);
    truncateSync(path, bytes < 0 ? statSync(path).size + bytes : bytes);
    await expect(open(path)).rejects.toThrow(fault("database_damaged"));
  });

  it("damaged, when the page of a small table is", async () => {
    const { path } = await filled(10);
    const database = new DatabaseSync(path);
    const sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'checkpoints'";
    const page = Number(database.prepare(sql).get()?.["rootpage"]);
    database.close();
    const bytes = readFileSync(path);
    // The count of fragmented bytes in the page header: only a check of the page notices.
    bytes[(page - 1) * 4_096 + 7] = 3;
    writeFileSync(path, bytes);
    await expect(open(path)).rejects.toThrow(fault("database_damaged"));
  });

  it("damaged, when it is no database at all", async () => {
    const { path } = await filled(0);
    writeFileSync(path, "not a database, but long enough to be looked at ".repeat(100));
    await expect(open(path)).rejects.toThrow(fault("database_damaged"));
  });

  it.skipIf(process.getuid?.() === 0)("unreadable, when it cannot be written (root may)", async () => {
    const { path } = await filled(1);
    chmodSync(path, 0o400);
    await expect(open(path)).rejects.toThrow(fault("database_unreadable"));
  });
});

describe("tables", () => {
  const later: Table = { ...grants, columns: { ...grants.columns, note: "text?" }, indexes: [["note"]] };

  it("take a nullable column that was declared later, and rows from before keep their MAC", async () => {
    const { path } = await filled(0);
    const writer = new SqliteWriter(writerOptions(path));
    await writer.open();
    writer.commit([forWriter({ changes: [grant("ann", 0)] })]);
    writer.close();
    const next = new SqliteWriter(writerOptions(path, { tables: [later, keys] }));
    await next.open();
    expect(
      next.commit([forWriter({ changes: [{ put: later, row: { tenant: "t", actor: "ann", note: "n" }, expect: 1 }] })])
        .misses,
    ).toEqual([]);
    next.close();
  });

  it.each([
    ["a column that is not nullable", { ...grants, columns: { ...grants.columns, note: "text" } }],
    ["another type", { ...grants, columns: { ...grants.columns, uses: "text?" } }],
    ["fewer columns", { ...grants, columns: { tenant: "text", actor: "text" }, indexes: [] }],
  ] as [string, Table][])("refuse %s", async (_, table) => {
    const { path } = await filled(0);
    await expect(open(path, { tables: [table] })).rejects.toThrow(fault("table_invalid"));
  });
});

describe("a failure while opening", () => {
  it("closes the connection and keeps its own cause", async () => {
    const { path } = await filled(1);
    let database: DatabaseSync | undefined;
    const failing = (at: string) => {
      database = openWriteConnection(at);
      database.exec("DROP TABLE tiles");
      return database;
    };
    await expect(recover(writerOptions(path), signerFromSeed(new Uint8Array(32).fill(1)), failing)).rejects.toThrow(
      "no such table",
    );
    expect(database?.isOpen).toBe(false);
  });

  it("reads what a store has not got as nothing", async () => {
    const { path } = await filled(1);
    const database = new DatabaseSync(path);
    const store = new LedgerStore(database);
    expect([store.entry(9), store.record(9), store.readTile(3, 3).byteLength]).toEqual([undefined, undefined, 0]);
    database.close();
  });
});
