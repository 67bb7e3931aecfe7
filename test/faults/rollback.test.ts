import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "@holdfast/client";
import { beforeAll, expect, test } from "vitest";
import { refusedStart } from "../server.ts";
import { administrator, copyOfData, holdfast, keptData, runningServer } from "./fixture.ts";

/** The same server's data, before and after more was written. */
let older: string;
let newer: string;

const write = (value: string) => (client: Client) =>
  client.secrets.put("applications/a", { value }).then(() => undefined);
const databaseOf = (folder: string): string => join(folder, "holdfast.db");
const besideOf = (folder: string): string => join(folder, "checkpoint");
const secondOf = (folder: string): string => {
  const [name = ""] = readdirSync(`${folder}-checkpoints`);
  return join(`${folder}-checkpoints`, name);
};
const rolledBack = (sentence: RegExp) => ({ exitCode: 14, output: expect.stringMatching(sentence) as unknown });

beforeAll(async () => {
  older = await keptData(write("one"));
  newer = await keptData(write("two"), older);
});

test("a database replaced by an older copy does not start", async () => {
  const folder = copyOfData(newer);
  copyFileSync(databaseOf(older), databaseOf(folder));
  const sentence =
    /^holdfast: The ledger has \d+ entries; a ledger of \d+ is known from elsewhere \([^\n]+\)\.\nhint: .*\n$/m;
  expect(await refusedStart(folder)).toEqual(rolledBack(sentence));
});

test("an older copy does not start either when the checkpoint beside it is removed: there is a second place", async () => {
  const folder = copyOfData(newer);
  copyFileSync(databaseOf(older), databaseOf(folder));
  rmSync(besideOf(folder));
  expect(await refusedStart(folder)).toEqual(rolledBack(/is known from elsewhere/));
});

test("a whole data folder put back to an older state does not start", async () => {
  const folder = copyOfData(older);
  copyFileSync(secondOf(newer), secondOf(folder));
  expect(await refusedStart(folder)).toEqual(rolledBack(/is known from elsewhere/));
});

test("another past of the same length does not start", async () => {
  const folder = copyOfData(older);
  const server = await runningServer({ dataDir: folder });
  for (const value of ["another", "past", "that", "is", "longer"]) await write(value)(administrator(server));
  expect(await server.stop()).toBe(0);
  copyFileSync(secondOf(newer), secondOf(folder));
  expect(await refusedStart(folder)).toEqual(rolledBack(/The first \d+ entries differ from those known elsewhere/));
});

test("a checkpoint that this log did not sign does not pass for evidence, and not for nothing", async () => {
  const folder = copyOfData(newer);
  writeFileSync(besideOf(folder), readFileSync(besideOf(folder), "utf8").replace(/^\d+$/m, "1"));
  expect(await refusedStart(folder)).toEqual(rolledBack(/checkpoint was not signed by this ledger's key\./));
});

test("checkpoints that were removed are issued again over the same ledger", async () => {
  const folder = copyOfData(newer);
  const before = readFileSync(besideOf(folder), "utf8");
  for (const path of [besideOf(folder), secondOf(folder)]) rmSync(path);
  const server = await runningServer({ dataDir: folder });
  expect(await administrator(server).audit.verify({ state: true })).toMatchObject({ ok: true });
  expect(await server.stop()).toBe(0);
  const sizeOf = (note: string) => Number(note.split("\n")[1]);
  expect(sizeOf(readFileSync(besideOf(folder), "utf8"))).toBeGreaterThan(sizeOf(before));
  expect(readFileSync(secondOf(folder), "utf8")).toBe(readFileSync(besideOf(folder), "utf8"));
});

test("whoever has seen the newer ledger refuses the older one, when nobody else could", async () => {
  const folder = copyOfData(newer);
  const verify = async () => {
    const { socketPath, stop } = await runningServer({ dataDir: folder });
    const said = await holdfast(["audit", "verify", "--socket", socketPath], folder);
    await stop();
    return said;
  };
  for (let seen = 0; seen < 2; seen++) expect(await verify()).toMatchObject({ exitCode: 0 });
  rmSync(folder, { recursive: true });
  renameSync(copyOfData(older), folder);
  for (const path of [besideOf(folder), secondOf(folder)]) rmSync(path);
  const { exitCode, stderr } = await verify();
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/entries, after \d+ were seen/) as unknown,
  });
});

test("a database that is taken away while it is in use gets no more entries, and none is lost when it is back", async () => {
  const folder = copyOfData(newer);
  const client = administrator(await runningServer({ dataDir: folder }));
  await write("kept")(client);
  renameSync(databaseOf(folder), `${databaseOf(folder)}.away`);
  await expect(write("never")(client)).rejects.toMatchObject({ status: 503, code: "storage_failed" });
  expect(existsSync(databaseOf(folder))).toBe(false);
  renameSync(`${databaseOf(folder)}.away`, databaseOf(folder));
  await expect
    .poll(() => client.secrets.read("applications/a").catch(() => undefined), { timeout: 20_000 })
    .toMatchObject({ value: "kept" });
  expect(await client.audit.verify({ state: true })).toMatchObject({ ok: true });
});
