import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { refusedStart } from "../server.ts";
import { administrator, isRoot, runningServer, temporaryHome } from "./fixture.ts";

const NOBODY = 65_534;
const AS_NOBODY = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];

/** One clear sentence, one hint, and nothing else beside the log's own lines. */
const saying = (sentence: RegExp) => ({
  asymmetricMatch: (output: string) => {
    const lines = output.split("\n").filter((line) => line !== "" && !line.startsWith("{"));
    return lines.length === 2 && sentence.test(lines[0] ?? "") && /^hint: \S.*\.?$/.test(lines[1] ?? "");
  },
  toString: () => `one sentence like ${String(sentence)}, and a hint`,
});

/** A data folder whose server was stopped. */
async function stoppedData(): Promise<string> {
  const dataDir = join(temporaryHome(), "data");
  const server = await runningServer({ dataDir });
  expect(await server.stop()).toBe(0);
  return dataDir;
}

test("an address that is in use is refused with 10", async () => {
  const { address } = await runningServer({ dataDir: join(temporaryHome(), "data") });
  const dataDir = join(temporaryHome(), "data");
  const taken = await refusedStart(dataDir, { HOLDFAST_HTTP_ADDR: address.replace("https://", "") });
  expect(taken).toEqual({ exitCode: 10, output: saying(/The address 127\.0\.0\.1:\d+ is already in use\./) });
  expect(existsSync(join(dataDir, "socket"))).toBe(false);
  await administrator(await runningServer({ dataDir })).status();
});

test("a second server on the same data is refused with 12, and the first one goes on", async () => {
  const dataDir = join(temporaryHome(), "data");
  const client = administrator(await runningServer({ dataDir }));
  await client.secrets.put("applications/a", { value: "before" });
  expect(await refusedStart(dataDir)).toEqual({ exitCode: 12, output: saying(/Another instance already runs on /) });
  await client.secrets.put("applications/a", { value: "after" });
  expect(await client.audit.verify({ state: true })).toMatchObject({ ok: true });
});

test("a data folder that others can look into is refused with 11", async () => {
  const dataDir = join(temporaryHome(), "data");
  for (const mode of [0o750, 0o701, 0o777]) {
    mkdirSync(dataDir, { recursive: true });
    chmodSync(dataDir, mode);
    const sentence = new RegExp(`is open to other users \\(mode ${mode.toString(8)}\\)\\.`);
    expect(await refusedStart(dataDir)).toEqual({ exitCode: 11, output: saying(sentence) });
  }
});

test("a data folder of another user is refused with 11", async ({ skip }) => {
  skip(!isRoot, "only root can give a folder away");
  const dataDir = join(temporaryHome(), "data");
  mkdirSync(dataDir, { mode: 0o700 });
  chownSync(dataDir, NOBODY, NOBODY);
  expect(await refusedStart(dataDir)).toEqual({
    exitCode: 11,
    output: saying(/belongs to another user \(uid 65534\)\./),
  });
});

test("a data folder that cannot be written, or made, is refused with 11", async () => {
  const home = temporaryHome();
  const dataDir = join(home, "data");
  mkdirSync(dataDir, { mode: 0o500 });
  // Nothing is read-only to root: it becomes another user, whose folder it is.
  if (isRoot) for (const path of [home, dataDir]) chownSync(path, NOBODY, NOBODY);
  const under = isRoot ? AS_NOBODY : [];
  expect(await refusedStart(dataDir, {}, under)).toEqual({ exitCode: 11, output: saying(/is not writable\./) });
  const below = join(dataDir, "deeper");
  expect(await refusedStart(below, {}, under)).toEqual({ exitCode: 11, output: saying(/cannot be created\./) });
});

test("a file where the data folder should be is refused with 11", async () => {
  const dataDir = join(temporaryHome(), "data");
  writeFileSync(dataDir, "", { mode: 0o700 });
  expect(await refusedStart(dataDir)).toEqual({ exitCode: 11, output: saying(/The data folder .*data /) });
});

test.each([
  ["missing", (path: string) => renameSync(path, `${path}.away`), /is missing or cannot be read\./],
  [
    "another's",
    (path: string) => writeFileSync(path, `${"5a".repeat(32)}\n`),
    /The root key does not open this database\./,
  ],
  ["cut short", (path: string) => writeFileSync(path, "5a5a\n"), /is not 32 bytes in hexadecimal\./],
  ["open to others", (path: string) => chmodSync(path, 0o640), /can be read by others\./],
])("a root key that is %s is refused with 15, and nothing is touched", async (_, spoil, sentence) => {
  const dataDir = await stoppedData();
  const rootKey = join(dataDir, "root.key");
  const [key, database] = [readFileSync(rootKey), readFileSync(join(dataDir, "holdfast.db"))];
  spoil(rootKey);
  expect(await refusedStart(dataDir)).toEqual({ exitCode: 15, output: saying(sentence) });
  expect(readFileSync(join(dataDir, "holdfast.db")).equals(database)).toBe(true);
  writeFileSync(rootKey, key);
  chmodSync(rootKey, 0o600);
  await administrator(await runningServer({ dataDir })).status();
});

test.each([
  ["HOLDFAST_HTTP_ADDR", "127.0.0.1:99999"],
  ["HOLDFAST_HTTP_ADDR", "http://127.0.0.1"],
  ["HOLDFAST_HTTP_ADDR", "192.0.2.1:0"],
  ["HOLDFAST_RATE_LIMIT", "many"],
  ["HOLDFAST_CIPHER", "rot13"],
  ["HOLDFAST_LOG_LEVEL", "loud"],
])("a setting that cannot be meant is refused with 16: %s=%s", async (name, value) => {
  const dataDir = join(temporaryHome(), "data");
  const refused = await refusedStart(dataDir, { [name]: value });
  expect(refused).toEqual({ exitCode: 16, output: saying(/The setting HOLDFAST_\w+ |Cannot listen on /) });
});

test("a socket that a killed server left behind is replaced", async () => {
  const dataDir = join(temporaryHome(), "data");
  const killed = await runningServer({ dataDir });
  await killed.kill();
  expect(statSync(killed.socketPath).isSocket()).toBe(true);
  const client = administrator(await runningServer({ dataDir }));
  expect(await client.status()).toMatchObject({ tenant: "main" });
});
