import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Answer, type Call, dutyCall, nextRequestId } from "@holdfast/engine";
import { connect, settingsFrom } from "@holdfast/postgres";
import { describe, expect, it, vi } from "vitest";
import { createDatabase } from "../../../../test/postgres.ts";
import { type Assembly, definition } from "@holdfast/spine";
import { assemble } from "./assemble.ts";
import { configurationFrom } from "./configuration.ts";
import { openDataFolder } from "./data-folder.ts";

const hasServer = process.env["HOLDFAST_TEST_POSTGRES_URL"] !== undefined;
const ROOT_KEY = "0f".repeat(32);
const PATH = "applications/shop/config/db-password";
/** For what comes about while other tests have nodes too. */
const PATIENCE_MS = 20_000;

/** The nodes of one test, on a database and in folders of its own. */
interface Nodes {
  readonly place: string;
  readonly url: string;
  /** What was logged as an error. */
  readonly errors: readonly unknown[];
  start(name: string, settings?: Readonly<Record<string, string>>): Promise<Assembly>;
  stop(node: Assembly): Promise<void>;
  /** Goes on with an empty database. */
  empty(): Promise<void>;
}

async function nodesUntil(atEnd: (clean: () => Promise<void>) => void): Promise<Nodes> {
  const place = mkdtempSync(join(tmpdir(), "holdfast-nodes-"));
  let database = await createDatabase();
  const nodes: Assembly[] = [];
  const errors: unknown[] = [];
  const log = { debug() {}, info() {}, warn() {}, error: (...said: unknown[]) => void errors.push(said) };
  atEnd(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await database.drop();
    rmSync(place, { recursive: true, force: true });
  });
  return {
    place,
    get url() {
      return database.url;
    },
    errors,
    async start(name, settings = {}) {
      const configuration = configurationFrom({
        HOLDFAST_DATA_DIR: join(place, name),
        HOLDFAST_CHECKPOINT_DIR: join(place, `${name}-checkpoints`),
        HOLDFAST_STORAGE_URL: database.url,
        HOLDFAST_NODE_NAME: name,
        HOLDFAST_ROOT_KEY: ROOT_KEY,
        ...settings,
      });
      const folder = openDataFolder(configuration.dataDir);
      const hardening = { isNonDumpable: true, hasNoCoreFiles: true };
      const node = await assemble({ configuration, folder, log, hardening });
      nodes.push(node);
      return node;
    },
    async stop(node) {
      nodes.splice(nodes.indexOf(node), 1);
      await node.close();
    },
    async empty() {
      await database.drop();
      database = await createDatabase();
    },
  };
}

/** Counts how often it is cleared from now on: what Vitest counts, the start of a test beside this one takes back. */
function clearsOf(cleared: { clear(): void }): () => number {
  const clear = cleared.clear.bind(cleared);
  let count = 0;
  cleared.clear = () => {
    count += 1;
    clear();
  };
  return () => count;
}

// Concurrent: most of the time goes into waiting for the database and for its disk.
describe.skipIf(!hasServer)("nodes that share a PostgreSQL", { concurrent: true, timeout: 60_000 }, () => {
  it("begin one ledger when they start at once on an empty database", async ({ onTestFinished }) => {
    const { start, errors } = await nodesUntil(onTestFinished);
    const [one, two, three] = await Promise.all([start("one"), start("two"), start("three")]);
    expect([one, two, three].filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set([one, two, three].map(({ ledger }) => ledger.origin)).size).toBe(1);
    expect(await one.ledger.reader.size()).toBe(1);
    expect(errors).toEqual([]);
  });

  it("read what the other wrote, and name themselves in its entry", async ({ onTestFinished }) => {
    const { start } = await nodesUntil(onTestFinished);
    const one = await start("one");
    const two = await start("two");
    await ask(one, "secret.put", { value: "first" }, PATH);
    expect((await ask(two, "secret.read", undefined, PATH)).plan.output).toMatchObject({ value: "first" });
    await ask(two, "secret.put", { value: "second" }, PATH);
    expect((await ask(one, "secret.read", undefined, PATH)).plan.output).toMatchObject({ value: "second" });
    const { head } = (await ask(one, "audit.head")).plan.output as { head: { size: number } };
    expect(head.size).toBeGreaterThanOrEqual(5);
    const status = (await ask(two, "status")).plan.output;
    expect(status).toMatchObject({
      node: "two",
      storage: { kind: "postgres", dutyHolder: "one" },
      seal: { kind: "environment" },
    });
    expect(one.ledger.duties.isHeld && !two.ledger.duties.isHeld).toBe(true);
    expect(await two.verifyAll().result).toMatchObject({ ok: true });
  });

  it("hand the duties on when the one that has them stops", async ({ onTestFinished }) => {
    const { start, stop } = await nodesUntil(onTestFinished);
    const one = await start("one");
    const two = await start("two");
    await stop(one);
    await vi.waitFor(() => {
      expect(two.ledger.duties.isHeld).toBe(true);
    }, PATIENCE_MS);
    for (const piece of two.ledger.upkeep) expect(await piece.run()).toBe(true);
    expect(await two.metrics.text()).toContain("\nholdfast_duty_holder 1\n");
  });

  it("forget all that is cached when their connection was lost, and go on", async ({ onTestFinished }) => {
    const { start, url } = await nodesUntil(onTestFinished);
    const one = await start("one");
    await ask(one, "secret.put", { value: "first" }, PATH);
    await ask(one, "secret.read", undefined, PATH);
    expect(one.cache.size).toBeGreaterThan(0);
    const [cache, keyring] = [clearsOf(one.cache), clearsOf(one.keyring)];
    const client = await connect(settingsFrom({ url: url }), "migration");
    // Of this database alone: other tests have theirs on the same server.
    const writers = "application_name LIKE '%writer' AND datname = current_database()";
    await client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${writers}`);
    await client.end();
    await vi.waitFor(() => {
      expect(one.refusal()?.code).toBe("storage_failed");
    }, PATIENCE_MS);
    await vi.waitFor(async () => {
      expect((await ask(one, "secret.read", undefined, PATH)).plan.output).toMatchObject({ value: "first" });
    }, PATIENCE_MS);
    expect([cache(), keyring()]).toEqual([1, 1]);
  });

  it("start with one root key only, and make none for a ledger that exists", async ({ onTestFinished }) => {
    const { start } = await nodesUntil(onTestFinished);
    await start("one");
    await expect(start("two", { HOLDFAST_ROOT_KEY: "1e".repeat(32) })).rejects.toMatchObject({
      exitCode: 15,
      message: expect.stringContaining("does not open this database") as string,
    });
    await expect(start("three", { HOLDFAST_ROOT_KEY: "" })).rejects.toMatchObject({
      exitCode: 15,
      hint: expect.stringContaining("HOLDFAST_ROOT_KEY_FILE") as string,
    });
  });

  it("make a root key for a ledger that begins, and take it from there later", async ({ onTestFinished }) => {
    const { start, stop } = await nodesUntil(onTestFinished);
    await stop(await start("one", { HOLDFAST_ROOT_KEY: "" }));
    const again = await start("one", { HOLDFAST_ROOT_KEY: "" });
    expect(again.isNew).toBe(false);
  });

  it("do not share a data folder", async ({ onTestFinished }) => {
    const { start, place } = await nodesUntil(onTestFinished);
    await start("one");
    await expect(start("one")).rejects.toMatchObject({
      exitCode: 12,
      message: `Another instance already runs on the data folder ${join(place, "one")}.`,
    });
  });

  it("refuse an empty database where there was a ledger, or where there is one beside it", async ({
    onTestFinished,
  }) => {
    const { start, stop, empty, place } = await nodesUntil(onTestFinished);
    await stop(await start("one"));
    await empty();
    await expect(start("one")).rejects.toMatchObject({ exitCode: 14 });
    mkdirSync(join(place, "two"), { mode: 0o700 });
    writeFileSync(join(place, "two", "holdfast.db"), "anything");
    await expect(start("two")).rejects.toMatchObject({
      exitCode: 11,
      hint: expect.stringContaining("sqlite-to-postgres") as string,
    });
  });

  it("refuse a database that an unfinished copy has begun in", async ({ onTestFinished }) => {
    const { start, stop, url } = await nodesUntil(onTestFinished);
    await stop(await start("one"));
    const client = await connect(settingsFrom({ url: url }), "migration");
    await client.query("INSERT INTO holdfast.leases VALUES ('copy', 'holdfast/log/x 7 aa', 1, 'infinity')");
    await client.end();
    await expect(start("one")).rejects.toMatchObject({
      exitCode: 13,
      message: expect.stringContaining("is not finished") as string,
      hint: expect.stringMatching(
        /^If the copy runs now, wait .* if it broke off, run the same command again/,
      ) as string,
    });
  });

  it("say what is wrong with the way to the database, and let go of the folder", async ({ onTestFinished }) => {
    const { start, url } = await nodesUntil(onTestFinished);
    const wrong = new URL(url);
    wrong.password = "wrong";
    await expect(start("one", { HOLDFAST_STORAGE_URL: wrong.href })).rejects.toMatchObject({ exitCode: 17 });
    await start("one");
  });
});

/** The administrator asks, as the owner of the data folder. */
async function ask(
  { gate, operations }: Assembly,
  name: string,
  body?: object,
  key?: string,
): Promise<Answer & { readonly ok: true }> {
  const operation = operations.find((candidate) => candidate.definition === definition(name))!;
  const nobody = { actor: "", tenant: "", kind: "peer", credential: "" } as const;
  const call: Call = {
    ...dutyCall(operation, nobody, AbortSignal.timeout(10_000)),
    credential: { kind: "peer", uid: process.getuid!() },
    params: key === undefined ? {} : { key },
    body: body === undefined ? undefined : Buffer.from(JSON.stringify(body)),
    mediaType: body === undefined ? undefined : "application/json",
    requestId: nextRequestId(),
  };
  const answer = await gate.perform(call);
  if (!answer.ok) throw answer.refusal;
  return answer;
}
