import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { signCheckpoint } from "@holdfast/kernel/checkpoint";
import { subtreeRoot } from "@holdfast/kernel/merkle";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  forWriter,
  grant,
  grants,
  keys,
  openPlain,
  ORIGIN,
  PUBLIC_KEY,
  SIGNING_SEED,
  STATE_KEY,
  TABLES,
  temporaryFolder,
  ungrant,
  writerOptions,
} from "../sqlite/committer.fixture.ts";
import { hashRow, macOf } from "../committer/row.ts";
import { StorageFault } from "../committer/storage-fault.ts";
import { SqliteWriter } from "../sqlite/writer.ts";
import { sha256, signerFromSeed } from "../crypto.ts";
import type { Change } from "../table.ts";
import { LedgerStore } from "../sqlite/ledger-store.ts";
import { openSnapshot, sqliteSource } from "../sqlite/open-snapshot.ts";
import type { Unexplained } from "./findings.ts";
import { type Verification, verify } from "./verify.ts";
import type { StateOptions } from "./verify-state.ts";
import { startVerification } from "./verify-thread.ts";

const identity = { origin: ORIGIN, publicKey: PUBLIC_KEY };
const state: StateOptions = {
  tables: TABLES,
  stateKey: STATE_KEY,
  openPayload: openPlain,
  erasureActions: ["data.erase"],
};
const id = new Uint8Array([9]);

/** Written in this order, an entry each; then as many entries without changes as `entries` says. */
const HISTORY: readonly Change[] = [
  grant("ann", 0),
  grant("bob", 0),
  grant("ann", 1, { uses: 2 }),
  ungrant("bob", 1),
  grant("bob", 0, { uses: 7 }),
  { put: keys, row: { id, label: "k" }, expect: 0 },
  grant("cid", 0),
  ungrant("cid", 1),
];

async function ledger(entries = 0, last: Parameters<typeof forWriter>[0][] = []): Promise<string> {
  const path = join(temporaryFolder(onTestFinished), "holdfast.db");
  const writer = new SqliteWriter(writerOptions(path));
  await writer.open();
  writer.commit(HISTORY.map((change) => forWriter({ changes: [change] })));
  for (let left = entries; left > 0; left -= 250) {
    writer.commit(Array.from({ length: Math.min(left, 250) }, () => forWriter()));
  }
  for (const draft of last) writer.commit([forWriter(draft)]);
  writer.close();
  return path;
}

function edited(path: string, sql: string, ...parameters: (string | number | Uint8Array)[]): string {
  const database = new DatabaseSync(path);
  if (parameters.length === 0) database.exec(sql);
  else database.prepare(sql).run(...parameters);
  database.close();
  return path;
}

function first(path: string): Uint8Array {
  const database = new DatabaseSync(path);
  const entry = new LedgerStore(database).entry(0) as Uint8Array;
  database.close();
  return entry;
}

async function verified(path: string, withState: StateOptions | undefined = state): Promise<Verification> {
  const snapshot = await openSnapshot({ path }, withState !== undefined);
  try {
    return await verify(snapshot, { identity, known: [], ...(withState && { state: withState }) });
  } finally {
    await snapshot.close();
  }
}

async function unexplained(path: string, options: StateOptions = state): Promise<readonly Unexplained[]> {
  const { ok, state: verdict } = await verified(path, options);
  expect(ok).toBe(verdict?.unexplained.length === 0);
  return verdict?.unexplained ?? [];
}

const firstBad = async (path: string) => (await verified(path)).firstBad;

describe("a ledger", () => {
  it("holds as a whole, with its tiles, checkpoints and filters, and explains every row", async () => {
    const { durationMs, root, ...rest } = await verified(await ledger(2_100));
    expect(rest).toEqual({ ok: true, size: 2_108, state: { ok: true, rows: 3, unexplained: [] } });
    expect(root).toHaveLength(64);
    expect(durationMs).toBeGreaterThan(0);
  });

  it.each([
    [
      "an entry's bytes",
      "UPDATE entries SET bytes = cast(replace(bytes, 'secret.read', 'secret.list') AS BLOB) WHERE seq = 300",
      300,
      "broken_chain",
    ],
    [
      "the form of an entry",
      "UPDATE entries SET bytes = cast(bytes || ' ' AS BLOB) WHERE seq = 300",
      300,
      "not_canonical",
    ],
    ["the order of entries", "DELETE FROM entries WHERE seq = 300", 300, "wrong_seq"],
    ["the newest entry", "DELETE FROM entries WHERE seq = 607", 607, "missing"],
    ["a full tile", "UPDATE tiles SET hashes = zeroblob(8192) WHERE level = 0 AND idx = 1", 256, "tile_mismatch"],
    [
      "the length of a tile",
      "UPDATE tiles SET hashes = zeroblob(64) WHERE level = 0 AND idx = 1",
      256,
      "tile_mismatch",
    ],
    ["a filter", "UPDATE entry_filters SET bits = zeroblob(length(bits)) WHERE block = 1", 256, "filter_mismatch"],
    ["which filters there are", "DELETE FROM entry_filters WHERE block = 0", 0, "filter_mismatch"],
    ["a checkpoint", "UPDATE checkpoints SET note = replace(note, '608', '607')", 607, "checkpoint_mismatch"],
    ["the size of a checkpoint", "UPDATE checkpoints SET size = 12", 11, "checkpoint_mismatch"],
    ["the head", "UPDATE head SET size = 600", 0, "head_not_signed"],
    ["whether there is a head", "DELETE FROM head", 0, "head_not_signed"],
  ])("is refused when someone changed %s, and the first bad entry is named", async (_, sql, seq, reason) => {
    expect(await firstBad(edited(await ledger(600), sql))).toEqual({ seq, reason });
  });

  const changed = (seq: number) =>
    `UPDATE entries SET bytes = cast(replace(bytes, 'secret.read', 'secret.list') AS BLOB) WHERE seq = ${seq}`;

  it.each([
    ["in the open tile", 550, 550, "broken_chain"],
    ["just before the newest", 606, 606, "broken_chain"],
    ["the newest", 607, 607, "root_mismatch"],
    ["the first", 0, 0, "broken_chain"],
  ])("names an entry that was changed %s", async (_, seq, named, reason) => {
    expect(await firstBad(edited(await ledger(600), changed(seq)))).toEqual({ seq: named, reason });
  });

  it("names the first entry when that begins with another origin", async () => {
    const genesis =
      'UPDATE entries SET bytes = cast(replace(bytes, \'"prev":"\', \'"prev":"0\') AS BLOB) WHERE seq = 0';
    expect(await firstBad(edited(await ledger(), genesis))).toEqual({ seq: 0, reason: "not_canonical" });
    const entry = Buffer.from(first(await ledger()))
      .toString()
      .replace(/"prev":"[0-9a-f]{64}"/, `"prev":"${"0".repeat(64)}"`);
    const forged = edited(await ledger(), "UPDATE entries SET bytes = ? WHERE seq = 0", Buffer.from(entry));
    expect(await firstBad(forged)).toEqual({ seq: 0, reason: "broken_chain" });
  });

  it("is refused when tiles agree with each other, but not with the entries", async () => {
    const path = await ledger(600);
    const database = new DatabaseSync(path);
    const store = new LedgerStore(database);
    const leaves = Buffer.from(store.readTile(0, 0)).fill(7, 0, 32);
    const above = Buffer.from(store.readTile(1, 0));
    above.set(subtreeRoot(sha256, leaves, 0, 256));
    const put = database.prepare("UPDATE tiles SET hashes = ? WHERE level = ? AND idx = 0");
    put.run(leaves, 0);
    put.run(above, 1);
    database.close();
    expect(await firstBad(path)).toEqual({ seq: 607, reason: "tile_mismatch" });
  });

  it("names the second of two neighbours in the open tile when its form hides whether the first is intact", async () => {
    const path = edited(await ledger(600), changed(550));
    expect(await firstBad(edited(path, "UPDATE entries SET bytes = x'00' WHERE seq = 552"))).toMatchObject({
      seq: 551,
    });
    expect(await firstBad(edited(path, "DELETE FROM entries WHERE seq = 552"))).toMatchObject({ seq: 551 });
  });

  it("is refused when a checkpoint that the log's key signed has another root", async () => {
    const root = new Uint8Array(32);
    const note = signCheckpoint(sha256, { origin: ORIGIN, size: 300, root }, signerFromSeed(SIGNING_SEED));
    const path = edited(await ledger(600), "INSERT INTO checkpoints VALUES (300, ?)", note);
    expect(await firstBad(path)).toEqual({ seq: 299, reason: "checkpoint_mismatch" });
  });

  it("is refused when it does not lead to a tree that is known from elsewhere", async () => {
    const snapshot = await openSnapshot({ path: await ledger() }, false);
    const known = [{ size: 3, root: "00".repeat(32) }];
    expect((await verify(snapshot, { identity, known })).firstBad).toEqual({ seq: 2, reason: "root_mismatch" });
    await snapshot.close();
  });

  it("holds as it stood at the beginning while it grows, with checkpoints, under the verification", async () => {
    const path = await ledger(600);
    const writer = new SqliteWriter(writerOptions(path));
    await writer.open();
    const snapshot = await openSnapshot({ path }, false);
    const sizes: number[] = [];
    const onProgress = (): void => {
      sizes.push(writer.commit(Array.from({ length: 300 }, () => forWriter())).head.size);
      writer.checkpoint();
    };
    expect(await verify(snapshot, { identity, known: [], onProgress })).toMatchObject({ ok: true, size: 608 });
    expect(sizes).toEqual([908, 1_208, 1_508]);
    await snapshot.close();
    writer.close();
  });

  it("is refused when its pages are damaged, wherever that shows", async () => {
    const path = await ledger(2_000);
    const bytes = readFileSync(path);
    for (let page = 20; page < 60; page += 13) {
      const torn = Buffer.from(bytes);
      torn.fill(0x55, page * 4_096, page * 4_096 + 64);
      writeFileSync(`${path}.torn`, torn);
      const { ok, firstBad: bad } = await verified(`${path}.torn`, undefined);
      expect(ok).toBe(false);
      expect(bad).toBeDefined();
    }
  });

  it("is refused when an index is damaged that no entry depends on", async () => {
    const path = await ledger(10);
    const database = new DatabaseSync(path);
    const page = Number(
      database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'grants_by_actor'").get()?.["rootpage"],
    );
    database.close();
    const bytes = readFileSync(path);
    bytes.fill(0x55, (page - 1) * 4_096, page * 4_096);
    writeFileSync(path, bytes);
    expect((await firstBad(path))?.reason).toBe("database_damaged");
  });

  it("is refused when the schema has lost what the rows need", async () => {
    const path = edited(await ledger(), "ALTER TABLE grants DROP COLUMN seal");
    expect((await firstBad(path))?.reason).toBe("database_damaged");
  });

  it("does not hide a failure of its own behind a verdict", async () => {
    const failing = { ...state, openPayload: () => Promise.reject(new Error("no key")) };
    await expect(verified(await ledger(), failing)).rejects.toThrow("no key");
  });
});

describe("a row", () => {
  /** What someone with the state key, but without the ledger's, could write. */
  function forged(path: string, actor: string, seq: number, rev = 1): string {
    const row = { tenant: "t", actor };
    const mac = macOf(STATE_KEY, grants, hashRow(grants, row, rev), seq);
    return edited(path, "INSERT OR REPLACE INTO grants VALUES ('t', ?, NULL, NULL, ?, ?, ?)", actor, rev, seq, mac);
  }

  it.each([
    ["changed by hand", "UPDATE grants SET uses = 99 WHERE actor = 'ann'", "mac_invalid"],
    ["moved to another tenant", "UPDATE grants SET tenant = 'u' WHERE actor = 'ann'", "mac_invalid"],
    ["deleted by hand", "DELETE FROM grants WHERE actor = 'ann'", "row_missing"],
  ])("is unexplained when it was %s", async (_, sql, reason) => {
    expect(await unexplained(edited(await ledger(), sql))).toContainEqual(
      expect.objectContaining({ table: "grants", reason }),
    );
  });

  it("is unexplained when it was inserted by hand, whoever made its MAC", async () => {
    expect(await unexplained(forged(await ledger(), "eve", 2))).toEqual([
      { table: "grants", key: '["t","eve"]', reason: "no_entry" },
    ]);
    expect(await unexplained(forged(await ledger(), "eve", 99))).toMatchObject([{ reason: "no_entry" }]);
  });

  it("is unexplained beside others that someone without the state key wrote", async () => {
    const path = forged(await ledger(), "eve", 2);
    expect(
      await unexplained(edited(path, "UPDATE keys SET label = 'x'; UPDATE grants SET uses = 9 WHERE actor = 'ann'")),
    ).toEqual([
      { table: "grants", key: '["t","ann"]', reason: "mac_invalid" },
      { table: "grants", key: '["t","eve"]', reason: "no_entry" },
      { table: "keys", key: '["09"]', reason: "mac_invalid" },
    ]);
  });

  it("is unexplained among as many as there are", async () => {
    const many = Array.from({ length: 150 }, (_, index) => grant(`many${index}`, 0));
    const path = await ledger(0, [{ changes: many }]);
    expect((await verified(path)).state).toMatchObject({ ok: true, rows: 153 });
    expect(await unexplained(forged(path, "zoe", 2))).toEqual([
      { table: "grants", key: '["t","zoe"]', reason: "no_entry" },
    ]);
  });

  it("is unexplained when an older version of it was brought back", async () => {
    expect(await unexplained(forged(await ledger(), "ann", 0))).toMatchObject([
      { key: '["t","ann"]', reason: "rolled_back" },
    ]);
    expect(await unexplained(forged(await ledger(), "cid", 6))).toMatchObject([{ reason: "deleted_row_back" }]);
  });

  it("is unexplained when its entry lists another hash", async () => {
    expect(await unexplained(forged(await ledger(), "ann", 2, 9))).toMatchObject([
      { key: '["t","ann"]', reason: "hash_mismatch" },
    ]);
  });

  it("with a blob for a key is named by its hexadecimal", async () => {
    const swapped = edited(await ledger(), "UPDATE keys SET label = 'x'");
    expect(await unexplained(swapped)).toEqual([{ table: "keys", key: '["09"]', reason: "mac_invalid" }]);
  });

  it("is unexplained when an index does not lead to it", async () => {
    const path = await ledger();
    const database = new DatabaseSync(path);
    const index = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'grants_by_actor'").get();
    database.close();
    const bytes = readFileSync(path);
    const page = bytes.subarray((Number(index?.["rootpage"]) - 1) * 4_096).subarray(0, 4_096);
    page.write("axn", page.lastIndexOf("ann"));
    writeFileSync(path, bytes);
    expect(await unexplained(path)).toMatchObject([{ table: "grants", reason: "index_mismatch" }]);
  });

  it("of a table that is not declared any more is left alone", async () => {
    expect(await unexplained(await ledger(), { ...state, tables: [grants] })).toEqual([]);
  });
});

describe("a payload", () => {
  const erase = { action: "data.erase" };

  it("that is missing needs an erasure after it", async () => {
    const sql = "UPDATE entries SET payload = NULL WHERE seq = 8";
    expect(await unexplained(edited(await ledger(1), sql))).toEqual([
      { table: "entries", key: "8", reason: "payload_missing" },
    ]);
    expect(await unexplained(edited(await ledger(1, [erase]), sql))).toEqual([]);
    expect(await unexplained(edited(await ledger(1, [{ ...erase, outcome: "denied" }]), sql))).toHaveLength(1);
  });

  it("whose key is gone counts as missing, and its rows are explained by the erasure alone", async () => {
    const sql = "UPDATE entries SET payload = x'00' WHERE seq = 5";
    expect(await unexplained(edited(await ledger(0, [erase]), sql))).toEqual([]);
    expect(await unexplained(edited(await ledger(), sql))).toEqual([
      { table: "keys", key: '["09"]', reason: "no_entry" },
      { table: "entries", key: "5", reason: "payload_missing" },
    ]);
  });

  it("whose key was tampered with counts as missing", async () => {
    const fault = new StorageFault("state_tampered", "a row of keys was not written by this server");
    const found = await unexplained(await ledger(), { ...state, openPayload: () => Promise.reject(fault) });
    expect(found).toContainEqual({ table: "entries", key: "0", reason: "payload_missing" });
  });

  it("that is not what was committed to is named", async () => {
    const sql = "UPDATE entries SET payload = (SELECT payload FROM entries WHERE seq = 0) WHERE seq = 8";
    expect(await unexplained(edited(await ledger(1), sql))).toEqual([
      { table: "entries", key: "8", reason: "payload_damaged" },
    ]);
  });

  it("is one of a thousand at most that are listed", async () => {
    const sql = "UPDATE entries SET payload = NULL WHERE seq > 7";
    expect(await unexplained(edited(await ledger(1_200), sql))).toHaveLength(1_000);
    const damaged = "UPDATE entries SET payload = zeroblob(99) WHERE seq > 7";
    expect(await unexplained(edited(await ledger(1_200), damaged))).toHaveLength(1_000);
  });
});

describe("in a thread of its own", () => {
  const opener = { module: new URL("verify.opener.fixture.ts", import.meta.url).href, data: { skip: 0 } };
  const withState = { tables: TABLES, stateKey: STATE_KEY, erasureActions: [], opener };

  it("the same verification runs beside everything else, and tells how far it is", async () => {
    const running = startVerification({
      source: sqliteSource(await ledger(600)),
      identity,
      known: [],
      state: withState,
    });
    expect(await running.result).toMatchObject({ ok: true, size: 608, state: { ok: true } });
    expect(running.progress).toEqual({ verified: 608, size: 608 });
    await running.stop();
  });

  it("rejects when it is stopped or cannot read", async () => {
    const running = startVerification({ source: sqliteSource(await ledger()), identity, known: [] });
    await running.stop();
    await expect(running.result).rejects.toThrow("stopped");
    const missing = startVerification({ source: sqliteSource("/nonexistent"), identity, known: [] });
    await expect(missing.result).rejects.toThrow("opened");
  });
});
