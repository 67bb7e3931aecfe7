import type { Committed } from "@holdfast/engine";
import type { GroupCommitter } from "@holdfast/engine/back-end";
import { describe, expect, it, vi } from "vitest";
import { createPostgresCommitter, type PostgresCommitterOptions } from "./committer.ts";
import {
  freshDatabase,
  grant,
  look,
  ORIGIN,
  SIGNING_SEED,
  STATE_KEY,
  submission,
  TABLES,
  ungrant,
} from "./committer.fixture.ts";
import { type AtEnd, connected, hasServer } from "./database.fixture.ts";
import type { PostgresSettings } from "./settings.ts";

interface Node {
  readonly committer: GroupCommitter;
  readonly told: Committed[];
}

/** What a test of this file works on: a database of its own, and nodes that end before it does. */
interface Shared {
  readonly settings: PostgresSettings;
  start(node: string, over?: Partial<PostgresCommitterOptions>): Promise<Node>;
}

async function share(atEnd: AtEnd, over: Partial<PostgresSettings> = {}): Promise<Shared> {
  const settings = await freshDatabase(atEnd, over);
  return { settings, start: (node, options = {}) => startNode(atEnd, settings, node, options) };
}

async function startNode(
  atEnd: AtEnd,
  settings: PostgresSettings,
  node: string,
  over: Partial<PostgresCommitterOptions>,
): Promise<Node> {
  const told: Committed[] = [];
  const committer = await createPostgresCommitter(
    {
      settings,
      node,
      tables: TABLES,
      origin: ORIGIN,
      signingSeed: SIGNING_SEED,
      stateKey: STATE_KEY,
      known: [],
      onCommitted: (committed) => told.push(committed),
      ...over,
    },
    { restartDelayMs: 20, checkpointDelayMs: 50 },
  );
  atEnd(() => committer.close());
  return { committer, told };
}

const seqs = (results: readonly { readonly status: string; readonly seq?: number }[]) =>
  results.map((result) => result.seq).sort((left, right) => (left ?? 0) - (right ?? 0));

/** For what comes about while other tests have nodes too. */
const PATIENCE_MS = 20_000;

// Concurrent: most of the time goes into starting and into waiting for the disk.
describe.skipIf(!hasServer)("several nodes on one PostgreSQL", { concurrent: true, timeout: 60_000 }, () => {
  it("begin a ledger with the first batch, and nothing before it", async ({ onTestFinished }) => {
    const { settings, start } = await share(onTestFinished);
    const { committer } = await start("n1");
    expect(committer.position).toBe(0);
    expect(await look(settings, "SELECT * FROM head")).toEqual([]);
    expect(await committer.submit(submission({ changes: [grant("a", 0, { uses: 5 })] }))).toMatchObject({ seq: 0 });
    expect(await look(settings, "SELECT size, origin, epoch FROM head")).toEqual([
      { size: 1, origin: ORIGIN, epoch: 0 },
    ]);
    expect(await look(settings, "SELECT actor, uses, rev, seq FROM grants")).toEqual([
      { actor: "a", uses: 5, rev: 1, seq: 0 },
    ]);
  });

  it("write one chain between them, without a gap and without a fork", async ({ onTestFinished }) => {
    const { settings, start } = await share(onTestFinished);
    const nodes = await Promise.all([start("n1"), start("n2"), start("n3")]);
    const results = await Promise.all(
      Array.from({ length: 600 }, (_, at) =>
        nodes[at % 3]!.committer.submit(submission({ changes: at % 2 === 0 ? [grant(`a${at}`, 0)] : [] })),
      ),
    );
    expect(seqs(results)).toEqual(Array.from({ length: 600 }, (_, at) => at));
    await vi.waitFor(
      () => expect(nodes.map(({ committer }) => committer.position)).toEqual([600, 600, 600]),
      PATIENCE_MS,
    );
    const [head] = await look(settings, "SELECT size, chain, root, signature FROM head");
    for (const { committer } of nodes) expect(committer.head).toMatchObject(head as object);
    expect(await look(settings, "SELECT count(DISTINCT seq) AS entries, max(seq) AS last FROM entries")).toEqual([
      { entries: 600, last: 599 },
    ]);
    expect(await look(settings, "SELECT count(DISTINCT node) AS nodes FROM batches")).toEqual([{ nodes: 3 }]);
  });

  it("refuse what waits when their database is given up, and can only be closed then", async ({ onTestFinished }) => {
    const { settings, start } = await share(onTestFinished);
    const giving = new AbortController();
    const { committer } = await start("n1", { givenUp: giving.signal });
    await committer.submit(submission({}));
    const locking = await connected(settings, "migration", onTestFinished);
    await locking.query("BEGIN; SELECT FROM head FOR UPDATE");
    const waiting = Promise.allSettled([committer.submit(submission({}))]);
    await vi.waitUntil(() => committer.queue.depth === 1);
    giving.abort();
    expect(await waiting).toMatchObject([{ reason: { code: "storage_failed" } }]);
    expect(committer.admission()?.code).toBe("storage_failed");
    await committer.close();
    await locking.query("ROLLBACK");
  });

  it("refuse a plan whose footprint another node has changed, before it is recorded", async ({ onTestFinished }) => {
    const { start } = await share(onTestFinished, { hasNotify: false, pollMs: 60_000 });
    const [first, second] = await Promise.all([start("n1"), start("n2")]);
    await first.committer.submit(submission({}));
    await second.committer.submit(submission({}));
    const seen = second.committer.position;
    await first.committer.submit(submission({ writes: ["credential:x"] }));
    const plan = submission({ reads: ["credential:x"], seen });
    expect(await second.committer.submit(plan)).toEqual({ status: "stale", key: "credential:x" });
    expect(second.told.flatMap(({ writes }) => writes)).toContain("credential:x");
    const again = submission({ reads: ["credential:x"], seen: second.committer.position });
    expect(await second.committer.submit(again)).toMatchObject({ status: "committed" });
  });

  it("hear of each other's writes by notification, and by looking where there is none", async ({ onTestFinished }) => {
    for (const over of [
      { hasNotify: true, pollMs: 60_000 },
      { hasNotify: false, pollMs: 20 },
    ]) {
      const { start } = await share(onTestFinished, over);
      const [first, second] = await Promise.all([start("n1"), start("n2")]);
      await vi.waitFor(async () => {
        await first.committer.submit(submission({ writes: ["path:a"] }));
        expect(second.told.flatMap(({ writes }) => writes)).toContain("path:a");
      }, PATIENCE_MS);
      await vi.waitFor(() => expect(second.committer.position).toBe(first.committer.position), PATIENCE_MS);
    }
  });

  it("let one of two win that write the same row", async ({ onTestFinished }) => {
    const { settings, start } = await share(onTestFinished);
    const nodes = await Promise.all([start("n1"), start("n2"), start("n3")]);
    for (let rev = 0; rev < 30; rev++) {
      const results = await Promise.all(
        nodes.map(({ committer }) => committer.submit(submission({ changes: [grant("one", rev)] }))),
      );
      expect(results.map(({ status }) => status).sort()).toEqual(["committed", "conflict", "conflict"]);
    }
    expect(await look(settings, "SELECT rev FROM grants")).toEqual([{ rev: 30 }]);
  });

  it("let no plan on a row that was never written stand on another node's row of the same version", async ({
    onTestFinished,
  }) => {
    const { settings, start } = await share(onTestFinished);
    const [first, second] = await Promise.all([start("n1"), start("n2")]);
    await second.committer.submit(submission({ changes: [grant("one", 0, { uses: 2 })] }));
    const made = submission({ changes: [grant("one", 0, { uses: 1 })] });
    const onIt = { ...submission({ changes: [grant("one", 1, { uses: 11 })] }), after: [made] };
    const results = await Promise.all([made, onIt].map((one) => first.committer.submit(one)));
    expect(results.map(({ status }) => status)).toEqual(["conflict", "conflict"]);
    const late = { ...submission({ changes: [grant("one", 1, { uses: 12 })] }), after: [onIt] };
    expect(await first.committer.submit(late)).toMatchObject({ status: "conflict" });
    expect(await look(settings, "SELECT uses, rev FROM grants")).toEqual([{ uses: 2, rev: 1 }]);
  });

  it("write a row once a batch, whatever its submissions do with it", async ({ onTestFinished }) => {
    const { settings, start } = await share(onTestFinished);
    const { committer } = await start("n1");
    const changes = [grant("a", 0), grant("a", 1), ungrant("a", 2), grant("a", 0), grant("b", 0), ungrant("b", 1)];
    const results = await Promise.all(changes.map((change) => committer.submit(submission({ changes: [change] }))));
    expect(results.every(({ status }) => status === "committed")).toBe(true);
    expect(await look(settings, "SELECT actor, rev, seq FROM grants")).toEqual([{ actor: "a", rev: 1, seq: 3 }]);
  });

  it("keep what fits of a batch in which one row is not as expected", async ({ onTestFinished }) => {
    const { start } = await share(onTestFinished);
    const { committer } = await start("n1");
    await committer.submit(submission({ changes: [grant("a", 0)] }));
    const results = await Promise.all([
      committer.submit(submission({ changes: [grant("b", 0)] })),
      committer.submit(submission({ changes: [grant("a", 0)] })),
      committer.submit(submission({ changes: [grant("a", 1)] })),
      committer.submit(submission({ changes: [ungrant("c", 4)] })),
    ]);
    expect(results).toMatchObject([
      { status: "committed", seq: 1 },
      { status: "conflict", table: "grants" },
      { status: "committed", seq: 2 },
      { status: "conflict", table: "grants" },
    ]);
  });

  it("refuse what PostgreSQL cannot hold, and nothing beside it", async ({ onTestFinished }) => {
    const { start } = await share(onTestFinished);
    const { committer } = await start("n1");
    const results = await Promise.allSettled([
      committer.submit(submission({ changes: [grant("nul\0", 0)] })),
      committer.submit(submission({ changes: [grant("long".repeat(1_000), 0)] })),
      committer.submit(submission({ resource: "no resource" })),
      committer.submit(submission({ changes: [grant("fine", 0)] })),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected", "fulfilled"]);
  });

  it("work without advisory locks and notifications", async ({ onTestFinished }) => {
    const { start } = await share(onTestFinished, { hasNotify: false, hasLocks: false, pollMs: 20 });
    const nodes = await Promise.all([start("n1"), start("n2"), start("n3")]);
    const results = await Promise.all(
      Array.from({ length: 150 }, (_, at) =>
        nodes[at % 3]!.committer.submit(submission({ changes: [grant(`a${at}`, 0)] })),
      ),
    );
    expect(seqs(results)).toEqual(Array.from({ length: 150 }, (_, at) => at));
  });

  it("issue checkpoints on the node whose duty it is, and tell the others", async ({ onTestFinished }) => {
    const { start } = await share(onTestFinished);
    const published: number[] = [];
    const first = await start("n1", { isOnDuty: () => true });
    const second = await start("n2", {
      isOnDuty: () => false,
      publish: [(_note, size) => void published.push(size)],
    });
    await Promise.all(Array.from({ length: 300 }, () => second.committer.submit(submission({}))));
    await vi.waitFor(() => expect(first.committer.checkpoint?.size).toBe(300), PATIENCE_MS);
    await vi.waitFor(() => expect(published.at(-1)).toBe(300), PATIENCE_MS);
    await second.committer.submit(submission({}));
    expect(await second.committer.checkpointNow()).toMatchObject({ size: 301 });
  });

  it("go on after their connections were ended, and drop everything cached", async ({ onTestFinished }) => {
    const { settings, start } = await share(onTestFinished);
    const { committer, told } = await start("n1");
    await committer.submit(submission({ writes: ["path:a"] }));
    await look(
      settings,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'holdfast %' AND pid <> pg_backend_pid() AND datname = current_database()",
    );
    await vi.waitFor(async () => {
      expect(await committer.submit(submission({}))).toMatchObject({ status: "committed" });
    }, PATIENCE_MS);
    expect(told.some(({ isIncomplete }) => isIncomplete)).toBe(true);
    expect(committer.position).toBe(committer.head.size);
  });

  it("refuse a ledger of another origin, one with another key, and one that has gone back", async ({
    onTestFinished,
  }) => {
    const { start } = await share(onTestFinished);
    const { committer } = await start("n1");
    await Promise.all(Array.from({ length: 5 }, () => committer.submit(submission({}))));
    const origin = ORIGIN.replace("abc", "xyz");
    await expect(start("n2", { origin })).rejects.toMatchObject({ code: "database_foreign" });
    const signingSeed = new Uint8Array(32).fill(9);
    await expect(start("n2", { signingSeed })).rejects.toMatchObject({ code: "head_forged" });
    const known = [{ size: 6, root: committer.head.root }];
    await expect(start("n2", { known })).rejects.toMatchObject({ code: "database_rolled_back" });
    const forked = [{ size: 5, root: "0".repeat(64) }];
    await expect(start("n2", { known: forked })).rejects.toMatchObject({ code: "database_forked" });
  });

  it("stop committing to a ledger that went back under them", async ({ onTestFinished }) => {
    const { settings, start } = await share(onTestFinished);
    const { committer } = await start("n1");
    await Promise.all(Array.from({ length: 5 }, () => committer.submit(submission({}))));
    const [head] = await look(settings, "SELECT * FROM head");
    await Promise.all(Array.from({ length: 5 }, () => committer.submit(submission({}))));
    const { size, chain, root, signature } = head as Record<string, unknown>;
    const back = `size = ${String(size)}, chain = '${String(chain)}', root = '${String(root)}', signature = '${String(signature)}'`;
    await look(settings, `ALTER TABLE head DISABLE TRIGGER USER; UPDATE head SET ${back}`);
    await expect(committer.submit(submission({}))).rejects.toMatchObject({ code: "storage_failed" });
    await vi.waitFor(() => expect(committer.admission()?.code).toBe("storage_failed"), PATIENCE_MS);
  });
});
