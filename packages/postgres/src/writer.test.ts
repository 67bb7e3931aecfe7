import type { Submission } from "@holdfast/engine";
import type { Reply, WriterSubmission } from "@holdfast/engine/back-end";
import type pg from "pg";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { connect } from "./connect.ts";
import {
  freshDatabase,
  grant,
  look,
  ORIGIN,
  SIGNING_SEED,
  STATE_KEY,
  submission,
  TABLES,
} from "./committer.fixture.ts";
import { hasServer } from "./database.fixture.ts";
import type { PostgresSettings } from "./settings.ts";
import { PostgresWriter } from "./writer.ts";

type Interception = (text: string) => Error | undefined;

/** A writer in this thread, whose statements a test can make fail before they reach the database. */
async function startWriter(settings: PostgresSettings, node = "n1", nowMs: () => number = Date.now) {
  const replies: Reply[] = [];
  const clients: pg.Client[] = [];
  const control: { intercept: Interception } = { intercept: () => undefined };
  const intercepted: typeof connect = async (to, purpose) => {
    const client = await connect(to, purpose);
    clients.push(client);
    const query = client.query.bind(client) as (...words: unknown[]) => unknown;
    Object.assign(client, {
      query: (...words: unknown[]) => {
        const [first] = words as [string | { readonly text: string }];
        const error = control.intercept(typeof first === "string" ? first : first.text);
        return error === undefined ? query(...words) : Promise.reject(error);
      },
    });
    return client;
  };
  const writer = new PostgresWriter(
    { settings, node, tables: TABLES, origin: ORIGIN, signingSeed: SIGNING_SEED, stateKey: STATE_KEY, known: [] },
    (reply) => replies.push(reply),
    { connect: intercepted, nowMs },
  );
  const lost: string[] = [];
  const recovery = await writer.open((message) => lost.push(message));
  onTestFinished(() => writer.close());
  return { writer, replies, control, lost, clients, recovery };
}

function forWriter({ entry, payload, changes, reads, writes, seen }: Submission): WriterSubmission {
  return {
    entry,
    commitment: payload.commitment,
    sealed: payload.sealed,
    changes,
    unless: [],
    after: [],
    reads,
    writes,
    seen,
  };
}

const batchOf = (...submissions: readonly Submission[]) => submissions.map(forWriter);
const isCommit = (text: string): boolean => text.includes("fence AS");
const databaseError = (code: string): Error => Object.assign(new Error(`state ${code}`), { code });

describe.skipIf(!hasServer)("the writer of one node", { timeout: 60_000 }, () => {
  it("tries again what the database undid because of others", async () => {
    const { writer, control, replies } = await startWriter(await freshDatabase(onTestFinished));
    const states = ["40001", "40P01", "55P03"];
    control.intercept = (text) => (isCommit(text) && states.length > 0 ? databaseError(states.shift()!) : undefined);
    expect(await writer.commit(batchOf(submission()))).toMatchObject({ firstSeq: 0, misses: [] });
    expect(states).toEqual([]);
    expect(replies).toContainEqual({ kind: "event", event: { kind: "contended", retries: 3 } });
  });

  it("fails a batch that surely was not written, and goes on with the next", async () => {
    const { writer, control } = await startWriter(await freshDatabase(onTestFinished));
    for (const state of ["57014", "53100", "22P05", "23505", "42501", "54000", "HF001"]) {
      control.intercept = (text) => (isCommit(text) ? databaseError(state) : undefined);
      await expect(writer.commit(batchOf(submission()))).rejects.toMatchObject({ code: "write_failed" });
    }
    control.intercept = () => undefined;
    expect(writer.isUsable).toBe(true);
    expect(await writer.commit(batchOf(submission()))).toMatchObject({ firstSeq: 0 });
  });

  it("does nothing more once it cannot know what became of a batch", async () => {
    const settings = await freshDatabase(onTestFinished);
    const { writer, control } = await startWriter(settings);
    control.intercept = (text) => (isCommit(text) ? new Error("Connection terminated unexpectedly") : undefined);
    await expect(writer.commit(batchOf(submission()))).rejects.toMatchObject({ code: "database_unreachable" });
    expect(writer.isUsable).toBe(false);
    await expect(writer.commit(batchOf(submission()))).rejects.toMatchObject({ code: "database_unreachable" });
    expect(await look(settings, "SELECT * FROM head")).toEqual([]);
  });

  it("finds out which rows were not as expected in one more attempt, however many they are", async () => {
    const settings = await freshDatabase(onTestFinished);
    const { writer, control } = await startWriter(settings);
    await writer.commit(batchOf(submission({ changes: [grant("a", 0), grant("b", 0)] })));
    let commits = 0;
    control.intercept = (text) => void (commits += Number(isCommit(text)));
    const wrong = Array.from({ length: 20 }, (_, at) => submission({ changes: [grant(at % 2 === 0 ? "a" : "b", 7)] }));
    const result = await writer.commit(batchOf(...wrong, submission()));
    expect(result.misses).toHaveLength(20);
    expect(result.firstSeq).toBe(1);
    expect(commits).toBe(2);
  });

  it("commits without asking for its turn once it has been alone for a while, and asks again when it is not", async () => {
    const settings = await freshDatabase(onTestFinished);
    const { writer, control } = await startWriter(settings);
    const other = await startWriter(settings, "n2");
    let turns = 0;
    control.intercept = (text) => void (turns += Number(text.includes("pg_advisory_lock")));
    for (let at = 0; at < 20; at++) await writer.commit(batchOf(submission()));
    expect(turns).toBe(16);
    await other.writer.commit(batchOf(submission()));
    await writer.commit(batchOf(submission()));
    await writer.commit(batchOf(submission()));
    expect(turns).toBeGreaterThan(16);
    expect(await look(settings, "SELECT size FROM head")).toEqual([{ size: 23 }]);
  });

  it("keeps the ledger's time when its own clock is behind that of another node", async () => {
    const settings = await freshDatabase(onTestFinished);
    const ahead = await startWriter(settings, "n1", () => 2_000_000);
    await ahead.writer.commit(batchOf(submission()));
    const behind = await startWriter(settings, "n2", () => 500_000);
    expect(await behind.writer.commit(batchOf(submission()))).toMatchObject({
      timeMs: 2_000_000,
      clockBackMs: 1_500_000,
    });
  });

  it("loads the tree from its tiles after a long absence, and says that not all writes are known", async () => {
    const settings = await freshDatabase(onTestFinished, { hasNotify: false, pollMs: 600_000 });
    const away = await startWriter(settings, "away");
    const busy = await startWriter(settings, "busy");
    const many = Array.from({ length: 256 }, () => submission({ writes: ["path:x"] }));
    for (let at = 0; at < 17; at++) await busy.writer.commit(batchOf(...many));
    expect(await away.writer.commit(batchOf(submission()))).toMatchObject({ firstSeq: 17 * 256, misses: [] });
    await look(settings, "DELETE FROM batches");
    await busy.writer.commit(batchOf(submission()));
    await look(settings, "DELETE FROM batches");
    const stale = submission({ reads: ["path:other"], seen: 17 * 256 + 1 });
    const result = await away.writer.commit(batchOf(stale));
    expect(result.misses).toMatchObject([{ status: "overtaken", key: "path:other" }]);
    expect(away.replies.at(-1)).toMatchObject({ kind: "moved", moved: { isIncomplete: true } });
  });

  it.each([
    ["emptied", "UPDATE batches SET writes = '{}'"],
    ["without a mark", "UPDATE batches SET mac = NULL"],
    ["under other numbers", "UPDATE batches SET first_seq = 1; UPDATE batches SET first_seq = 0, writes = '{path:y}'"],
  ])("takes nothing for known of a batch that no node told of: %s", async (_, forge) => {
    const settings = await freshDatabase(onTestFinished, { hasNotify: false, pollMs: 600_000 });
    const [away, busy] = [await startWriter(settings, "away"), await startWriter(settings, "busy")];
    await busy.writer.commit(batchOf(submission({ writes: ["path:x"] })));
    await look(settings, forge);
    const result = await away.writer.commit(batchOf(submission({ reads: ["path:x"], seen: 0 })));
    expect(result.misses).toMatchObject([{ status: "overtaken", key: "path:x" }]);
    expect(away.replies.at(-1)).toMatchObject({ kind: "moved", moved: { isIncomplete: true } });
  });

  it.each([
    ["nothing that was signed", "'forged'"],
    ["one of another size", "(SELECT note FROM checkpoints)"],
  ])("hands on no checkpoint that this log did not sign: %s", async (_, note) => {
    const settings = await freshDatabase(onTestFinished, { hasNotify: false, pollMs: 600_000 });
    const { writer, replies } = await startWriter(settings);
    for (let at = 0; at < 2; at++) await writer.commit(batchOf(submission()));
    await writer.checkpoint();
    await writer.commit(batchOf(submission()));
    await look(settings, `INSERT INTO checkpoints VALUES (3, ${note})`);
    await expect(writer.commit(batchOf(submission()))).rejects.toMatchObject({ code: "head_forged" });
    expect(replies.filter(({ kind }) => kind === "moved")).toEqual([]);
    expect(writer.isUsable).toBe(false);
  });

  it("waits for the disk whatever its role was told since the start", async () => {
    const settings = await freshDatabase(onTestFinished);
    await look(settings, `ALTER ROLE ${settings.user} SET synchronous_commit = off`);
    const { clients } = await startWriter(settings);
    const shown = async () =>
      (await clients[0]!.query<{ is: string }>("SELECT current_setting('synchronous_commit') AS is")).rows;
    expect(await shown()).toEqual([{ is: "on" }]);
    await look(settings, `ALTER ROLE ${settings.user} SET synchronous_commit = remote_apply`);
    const other = await startWriter(settings, "n2");
    expect((await other.clients[0]!.query("SHOW synchronous_commit")).rows).toEqual([
      { synchronous_commit: "remote_apply" },
    ]);
  });

  it("issues one checkpoint where two nodes do so at once", async () => {
    const settings = await freshDatabase(onTestFinished);
    const [first, second] = [await startWriter(settings, "n1"), await startWriter(settings, "n2")];
    for (let round = 1; round <= 5; round++) {
      await first.writer.commit(batchOf(submission()));
      const issued = await Promise.all([first.writer.checkpoint(), second.writer.checkpoint()]);
      expect(issued.map((checkpoint) => checkpoint?.size)).toEqual([round, round]);
      expect(await first.writer.checkpoint()).toMatchObject({ size: round });
    }
    expect(await look(settings, "SELECT count(*) AS checkpoints FROM checkpoints")).toEqual([{ checkpoints: 5 }]);
  });

  it("listens again after the listening connection was ended, and looks by itself until then", async () => {
    const settings = await freshDatabase(onTestFinished, { hasNotify: true, pollMs: 20 });
    const { replies } = await startWriter(settings);
    const feeds = () => replies.flatMap((reply) => (reply.kind === "event" ? [reply.event] : []));
    await vi.waitFor(() => expect(feeds()).toMatchObject([{ kind: "feed", isListening: true }]), 5_000);
    const end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holdfast listener'";
    await look(settings, `${end} AND datname = current_database()`);
    const expected = [{ isListening: true }, { isListening: false }, { isListening: true }];
    await vi.waitFor(() => expect(feeds()).toMatchObject(expected), 10_000);
  });

  it("says that it is lost when its connection is", async () => {
    const settings = await freshDatabase(onTestFinished);
    const { lost, writer } = await startWriter(settings);
    const end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holdfast writer'";
    await look(settings, `${end} AND datname = current_database()`);
    await vi.waitFor(() => expect(lost.length).toBeGreaterThan(0), 5_000);
    expect(writer.isUsable).toBe(false);
  });

  it("says why it cannot be opened when its connection is lost meanwhile, and not that it was lost", async () => {
    const settings = await freshDatabase(onTestFinished);
    const end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holdfast writer'";
    const dying: typeof connect = async (to, purpose) => {
      const client = await connect(to, purpose);
      await look(settings, `${end} AND datname = current_database()`);
      return client;
    };
    const options = { settings, node: "n1", tables: TABLES, origin: ORIGIN, known: [] };
    const keys = { signingSeed: SIGNING_SEED, stateKey: STATE_KEY };
    const writer = new PostgresWriter({ ...options, ...keys }, () => undefined, { connect: dying, nowMs: Date.now });
    onTestFinished(() => writer.close());
    const lost: string[] = [];
    await expect(writer.open((message) => lost.push(message))).rejects.toThrow(/terminat|not queryable/);
    expect(lost).toEqual([]);
  });

  it("undoes everything when a write does not do what it was planned to", async () => {
    const settings = await freshDatabase(onTestFinished);
    const { writer } = await startWriter(settings);
    await writer.commit(batchOf(submission()));
    const trigger = `CREATE FUNCTION holdfast.swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE TRIGGER swallow BEFORE INSERT ON holdfast.grants FOR EACH ROW EXECUTE FUNCTION holdfast.swallow()`;
    await look(settings, trigger);
    await expect(writer.commit(batchOf(submission({ changes: [grant("a", 0)] })))).rejects.toMatchObject({
      code: "write_failed",
    });
    expect(await look(settings, "SELECT size FROM head")).toEqual([{ size: 1 }]);
  });
});
