import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { spawnServer, startServer } from "../server.ts";
import { killRounds } from "./kill/rounds.ts";

test("killed twenty times under load, a server keeps every acknowledged write, and each change has its entry", async () => {
  const totals = await killRounds({ rounds: 20, seed: 20 });
  expect(totals.rounds).toBe(20);
  expect(totals.acknowledged).toBeGreaterThan(500);
  expect(totals.inDoubt).toBeGreaterThan(20);
}, 480_000); // Twenty starts and verifications of a growing ledger, as fast as the disk is.

const bytesOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? -1;
const hasKey = (name: string): boolean => name.startsWith("root.key");

/** Of a first start, in their order; each is looked for from outside and met at once. */
const moments: Readonly<Record<string, (dataDir: string) => boolean>> = {
  "the root key is being written": (dataDir) => bytesOf(dataDir) >= 0 && readdirSync(dataDir).some(hasKey),
  "the root key is there": (dataDir) => bytesOf(join(dataDir, "root.key")) >= 0,
  "the database is there": (dataDir) => bytesOf(join(dataDir, "holdfast.db")) >= 0,
  "the database has its first page": (dataDir) => bytesOf(join(dataDir, "holdfast.db")) > 0,
  "the tables are being written": (dataDir) => bytesOf(join(dataDir, "holdfast.db-wal")) > 4_096,
  "the tables are written and entry 0 is not": (dataDir) => bytesOf(join(dataDir, "holdfast.db-wal")) > 144_000,
  "the certificate is there": (dataDir) => bytesOf(join(dataDir, "ca.pem")) >= 0,
};

test.each(Object.entries(moments))(
  "killed while it begins, when %s, a server starts the next time",
  async (_, isNow) => {
    const home = mkdtempSync(join(tmpdir(), "holdfast-faults-"));
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    const dataDir = join(home, "data");
    const beginning = spawnServer(dataDir, {});
    const ended = new Promise((resolve) => beginning.once("exit", resolve));
    while (!isNow(dataDir)) await new Promise((resolve) => setImmediate(resolve));
    beginning.kill("SIGKILL");
    await ended;
    const server = await startServer({ dataDir });
    expect(readdirSync(dataDir).filter(hasKey)).toEqual(["root.key"]);
    expect(await server.stop()).toBe(0);
  },
);
