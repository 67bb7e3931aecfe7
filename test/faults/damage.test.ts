import {
  closeSync,
  copyFileSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeAll, expect, test } from "vitest";
import { refusedStart } from "../server.ts";
import { copyOfData, holdfast, keptData } from "./fixture.ts";
import { randomFrom } from "./random.ts";

const FLIPS = 24;
let dataDir: string;

/** A data folder with a few entries, of every table some rows. */
beforeAll(async () => {
  dataDir = await keptData(async (client) => {
    for (let count = 0; count < 30; count++) await client.secrets.put(`applications/a-${count}`, { value: count });
    await client.configs.put("applications/shop/config/url", { value: "x".repeat(20_000) });
    await client.roles.write({ name: "reader-of-shop", permissions: ["secret:applications/shop/**:read"] });
    await client.tokens.create({ roles: ["reader-of-shop"] });
  });
});

const databaseOf = (folder: string): string => join(folder, "holdfast.db");
const verify = (folder: string) => holdfast(["audit", "verify", "--state", "--data-dir", folder], folder);
const oneSentence: unknown = expect.stringMatching(/^(\{.*\n)*holdfast: [^\n]+\nhint: [^\n]+\n$/);

test.each([
  ["to nothing", () => 0, 14],
  ["to one byte", () => 1, 14],
  ["inside its header", () => 60, 14],
  ["behind its header", () => 100, 13],
  ["after its first page", () => 4_096, 13],
  ["in the middle", (bytes: number) => bytes >> 1, 13],
  ["by its last page", (bytes: number) => bytes - 4_096, 13],
] as const)("a database that was cut off %s does not start", async (_, keptOf, exitCode) => {
  const copy = copyOfData(dataDir);
  rmSync(join(copy, "checkpoint"));
  truncateSync(databaseOf(copy), keptOf(readFileSync(databaseOf(copy)).length));
  expect(await refusedStart(copy)).toEqual({ exitCode, output: oneSentence });
  expect((await verify(copy)).exitCode).toBe(1);
});

test("a database replaced by something else does not start", async () => {
  const copy = copyOfData(dataDir);
  writeFileSync(databaseOf(copy), "not a database, but as long as the head of one".repeat(200));
  expect(await refusedStart(copy)).toEqual({ exitCode: 13, output: oneSentence });
});

test.each([
  ["size", "UPDATE head SET size = size - 1"],
  ["root", "UPDATE head SET root = chain"],
  ["signature", "UPDATE head SET signature = replace(signature, substr(signature, 1, 4), 'AAAA')"],
  ["epoch", "UPDATE head SET epoch = 1"],
  ["row", "DELETE FROM head"],
])("a head whose %s was changed does not start, and does not verify", async (_, sql) => {
  const copy = copyOfData(dataDir);
  const database = new DatabaseSync(databaseOf(copy));
  database.exec(sql);
  database.close();
  expect(await refusedStart(copy)).toEqual({ exitCode: 13, output: oneSentence });
  expect((await verify(copy)).exitCode).toBe(1);
});

/** Everything that can be read, in a form that can be compared; undefined when SQLite itself sees the damage. */
function contentOf(path: string): string | undefined {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    if (database.prepare("PRAGMA integrity_check").get()?.["integrity_check"] !== "ok") return undefined;
    const tables = database.prepare("SELECT name, sql FROM sqlite_master ORDER BY name").all();
    const rows = tables
      .filter(({ sql }) => String(sql).startsWith("CREATE TABLE"))
      .map(({ name }) => database.prepare(`SELECT * FROM "${String(name)}"`).all());
    return JSON.stringify([tables, database.prepare("PRAGMA user_version").get(), rows]);
  } catch {
    return undefined;
  } finally {
    database.close();
  }
}

function flipBit(path: string, bit: number): void {
  const file = openSync(path, "r+");
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, bit >> 3);
  writeSync(file, Buffer.of(byte[0]! ^ (1 << (bit & 7))), 0, 1, bit >> 3);
  closeSync(file);
}

test("no flipped bit that changes anything passes: the start refuses it, or a verification names it", async () => {
  const seed = 42;
  const random = randomFrom(seed);
  const copy = copyOfData(dataDir);
  const original = contentOf(databaseOf(copy));
  const bits = readFileSync(databaseOf(copy)).length * 8;
  const passed: number[] = [];
  let harmful = 0;
  for (let flip = 0; flip < FLIPS; flip++) {
    const bit = random(bits);
    copyFileSync(databaseOf(dataDir), databaseOf(copy));
    for (const end of ["-wal", "-shm"]) rmSync(databaseOf(copy) + end, { force: true });
    flipBit(databaseOf(copy), bit);
    // Free space inside pages means nothing to anyone.
    if (contentOf(databaseOf(copy)) === original) continue;
    harmful++;
    const { exitCode, stdout, stderr } = await verify(copy);
    if (exitCode !== 1 || !/^(bad {2}|holdfast: (?!unexpected))/m.test(stdout + stderr)) passed.push(bit);
  }
  expect({ seed, passed }).toEqual({ seed, passed: [] });
  expect(harmful).toBeGreaterThan(FLIPS / 3);
});
