import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Client, ClientError } from "@holdfast/client";
import { expect, onTestFinished, test } from "vitest";
import type { TestServer } from "../server.ts";
import { administrator, isRoot, runningServer, temporaryHome } from "./fixture.ts";

const VALUE = "x".repeat(40_000);
const MOST_WRITES = 2_000;

/** Writes at once, in rounds, until the first refusal; gives what was acknowledged, and each refusal. */
async function writeUntilRefused(client: Client) {
  const acknowledged: string[] = [];
  const refusals: ClientError[] = [];
  while (refusals.length === 0 && acknowledged.length < MOST_WRITES) {
    const start = acknowledged.length;
    const keys = Array.from({ length: 8 }, (_, index) => `applications/full/k-${start}-${index}`);
    const outcomes = await Promise.allSettled(keys.map((key) => client.secrets.put(key, { value: `${key} ${VALUE}` })));
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === "fulfilled") acknowledged.push(keys[index]!);
      else refusals.push(outcome.reason as ClientError);
    }
  }
  return { acknowledged, refusals };
}

/** A small entry may still find its place; one that does not is refused, and the value stays where it is. */
async function readUntilRefused(client: Client, key: string): Promise<unknown> {
  for (let count = 0; count < MOST_WRITES; count++) {
    const refusal = await client.secrets.read(key).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** Waits until the server records again, which it has to find out by itself. */
async function recordsAgain(client: Client): Promise<void> {
  const write = () =>
    client.secrets.put("applications/full/again", { value: "again" }).catch((error: unknown) => error);
  await expect.poll(write, { timeout: 60_000, interval: 200 }).toMatchObject({ key: "applications/full/again" });
}

async function refusedAndRecovered(server: TestServer, giveSpaceBack: () => void): Promise<string> {
  const client = administrator(server);
  const { acknowledged, refusals } = await writeUntilRefused(client);
  expect(acknowledged.length).toBeGreaterThan(10);
  for (const refusal of refusals) expect(refusal).toMatchObject({ status: 503, code: "storage_failed" });
  expect(await readUntilRefused(client, acknowledged[0]!)).toMatchObject({ status: 503, code: "storage_failed" });
  giveSpaceBack();
  await recordsAgain(client);
  const lost = [];
  for (const key of acknowledged) if ((await client.secrets.read(key)).value !== `${key} ${VALUE}`) lost.push(key);
  expect(lost).toEqual([]);
  expect(await client.audit.verify({ state: true })).toMatchObject({ ok: true, state: { ok: true } });
  expect(await server.stop()).toBe(0);
  const next = await runningServer({ dataDir: server.dataDir });
  expect(await administrator(next).secrets.read(acknowledged.at(-1)!)).toMatchObject({ version: 1 });
  return server.output();
}

/** A disk of a few megabytes; false where this user may not mount one. */
function smallDisk(path: string): boolean {
  mkdirSync(path, { mode: 0o700 });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=12m,mode=700", "tmpfs", path], { stdio: "ignore" });
  } catch {
    return false;
  }
  onTestFinished(() => void execFileSync("umount", ["-l", path]));
  return true;
}

test("a full disk: what cannot be recorded is refused, nothing acknowledged is lost, and it goes on when there is space", async ({
  skip,
}) => {
  const disk = join(temporaryHome(), "disk");
  skip(!isRoot || !smallDisk(disk), "a small disk can be mounted by root only");
  const ballast = join(disk, "ballast");
  writeFileSync(ballast, Buffer.alloc(6 * 1024 * 1024));
  const dataDir = join(disk, "data");
  const server = await runningServer({ dataDir, env: { HOLDFAST_CHECKPOINT_DIR: join(disk, "..", "second") } });
  const output = await refusedAndRecovered(server, () => rmSync(ballast));
  expect(output).toContain("operations could not be recorded");
});

/** Of a running process, by its id; without a limit it may be raised again. */
function limitFileSize({ process: { pid } }: TestServer, limit: string): boolean {
  try {
    execFileSync("prlimit", [`--pid=${pid}`, `--fsize=${limit}:unlimited`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

test("a disk that fails ends the writer; another one looks what stands, and goes on", async ({ skip }) => {
  const dataDir = join(temporaryHome(), "data");
  const server = await runningServer({ dataDir });
  skip(!limitFileSize(server, `${4 * 1024 * 1024}`), "prlimit is not here, or may not");
  const output = await refusedAndRecovered(server, () => limitFileSize(server, "unlimited"));
  expect(output).toContain('"kind":"writer-lost"');
});
