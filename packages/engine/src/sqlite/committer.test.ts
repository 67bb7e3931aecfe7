import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { LedgerStore } from "./ledger-store.ts";
import { verify } from "../ledger/verify.ts";
import {
  grant,
  grants,
  keys,
  openPlain,
  ORIGIN,
  PUBLIC_KEY,
  SIGNING_SEED,
  STATE_KEY,
  submission,
  TABLES,
  temporaryFolder,
  writerOptions,
  ungrant,
} from "./committer.fixture.ts";
import { type Committed, type CommitterOptions, createCommitter, type GroupCommitter } from "./committer.ts";
import { openWriteConnection } from "./connection.ts";
import type { CommitterEvent } from "../committer/event.ts";
import { BatchCodec } from "../committer/pack-batch.ts";
import type { CommitterDependencies } from "./options.ts";
import type { Request } from "../committer/protocol.ts";
import { openSnapshot } from "./open-snapshot.ts";
import { publishToFile } from "../committer/publish-to-file.ts";
import { runWriter, serveWriter, type WriterPort } from "./serve-writer.ts";
import { SqliteWriter } from "./writer.ts";
import type { StartWriter } from "./writer-thread.ts";
import type { WriterEvents } from "../committer/back-end.ts";

/** The writer in this thread: tests hold requests back, lose them, or lose the writer. */
class InProcess {
  held: Request[] | undefined;
  /** Commits the next batch and dies before it can say so. */
  isDoomed = false;
  database: DatabaseSync | undefined;
  starts = 0;
  nowMs = Date.now;
  #events: WriterEvents | undefined;
  #writer: SqliteWriter | undefined;
  #serve: (request: Request) => void = () => undefined;

  readonly start: StartWriter = (options, events) => {
    this.starts++;
    const openDatabase = (path: string) => {
      this.database = openWriteConnection(path);
      return this.database;
    };
    const writer = new SqliteWriter(options, { openDatabase, nowMs: () => this.nowMs() });
    this.#writer = writer;
    this.#events = events;
    const port: WriterPort = {
      on: (_, listener) => (this.#serve = listener),
      postMessage: (reply) => (this.isDoomed ? this.die("killed") : events.reply(reply)),
      close: () => this.die(undefined),
    };
    setImmediate(() => runWriter(writer, new BatchCodec(TABLES), port));
    const post = (request: Request) => setImmediate(() => this.serve(structuredClone(request)));
    return { post, terminate: () => this.die("terminated") };
  };

  serve(request: Request): void {
    if (this.held === undefined) this.#serve(request);
    else this.held.push(request);
  }

  release(): void {
    const held = this.held ?? [];
    this.held = undefined;
    for (const request of held) this.serve(request);
  }

  /** The thread is gone, once; what it had committed stands. */
  die(message: string | undefined): void {
    const events = this.#events;
    this.#events = undefined;
    this.isDoomed = false;
    this.held = undefined;
    this.#writer?.close();
    events?.exit(message === undefined ? undefined : new Error(message));
  }
}

interface Opened {
  readonly committer: GroupCommitter;
  readonly writer: InProcess;
  readonly path: string;
  readonly events: CommitterEvent[];
  readonly options: CommitterOptions;
}

async function opened(over: Partial<CommitterOptions> = {}, dependencies: CommitterDependencies = {}): Promise<Opened> {
  const path = join(temporaryFolder(onTestFinished), "holdfast.db");
  const events: CommitterEvent[] = [];
  const writer = new InProcess();
  const options: CommitterOptions = {
    path,
    tables: TABLES,
    origin: ORIGIN,
    signingSeed: SIGNING_SEED,
    stateKey: STATE_KEY,
    onEvent: (event) => events.push(event),
    ...over,
  };
  const committer = await createCommitter(options, { startWriter: writer.start, restartDelayMs: 1, ...dependencies });
  onTestFinished(() => committer.close());
  return { committer, writer, path, events, options };
}

const kinds = (events: readonly CommitterEvent[]) => events.map(({ kind }) => kind);
const refusal = (code: string): unknown => expect.objectContaining({ name: "Refusal", code });

describe("a commit", () => {
  it("tells the caches before the position moves, and moves it before any answer", async () => {
    const order: unknown[] = [];
    const { committer } = await opened({
      onCommitted: ({ writes, position }: Committed) => order.push([writes, position, committer.position]),
    });
    const first = committer.submit(submission({ writes: ["a"] })).then((result) => {
      order.push([result.status, committer.position]);
    });
    const second = committer.submit(submission({ writes: ["b", "c"] }));
    await first;
    expect(await second).toMatchObject({ status: "committed", seq: 1 });
    expect(order).toEqual([
      [["a", "b", "c"], 2, 0],
      ["committed", 2],
    ]);
    expect(committer.head.size).toBe(2);
  });

  it("is one batch for everything that came while the last one was on its way", async () => {
    const { committer, events } = await opened();
    await Promise.all(Array.from({ length: 40 }, () => committer.submit(submission())));
    expect(events.filter((event) => event.kind === "batch")).toMatchObject([{ operations: 40, committed: 40 }]);
  });

  it("says which table was in the way of one that conflicts", async () => {
    const { committer } = await opened();
    const [first, second] = await Promise.all([
      committer.submit(submission({ changes: [grant("ann", 0)] })),
      committer.submit(submission({ changes: [grant("ann", 0)] })),
    ]);
    expect(first).toMatchObject({ status: "committed" });
    expect(second).toEqual({ status: "conflict", table: "grants" });
  });

  it("rejects an entry that cannot be encoded, and a change that does not fit its table", async () => {
    const { committer } = await opened();
    await expect(committer.submit(submission({ reason: "NO" }))).rejects.toEqual(refusal("internal"));
    const other = { ...keys, name: "others" };
    const change = { put: other, row: { id: new Uint8Array(1), label: "" }, expect: 0 };
    await expect(committer.submit(submission({ changes: [change] }))).rejects.toEqual(refusal("internal"));
    const unfit = { ...submission(), changes: [{ change: grant("ann", 0, { uses: "x" }), hash: new Uint8Array(32) }] };
    await expect(committer.submit(unfit)).rejects.toEqual(refusal("internal"));
  });
});

it("tells of a clock that was set back, and of the checkpoint that a thousand entries bring", async () => {
  const { committer, writer, events } = await opened();
  await Promise.all(Array.from({ length: 1_000 }, () => committer.submit(submission())));
  expect(committer.checkpoint?.size).toBe(1_000);
  writer.nowMs = () => Date.now() - 90_000;
  await committer.submit(submission());
  const back = events.find((event) => event.kind === "clock-back");
  expect(back?.byMs).toBeGreaterThan(80_000);
});

describe("a plan is stale", () => {
  it("when a key it read was written since, in an earlier batch or earlier in its own", async () => {
    const { committer, events } = await opened();
    await committer.submit(submission({ writes: ["policy"] }));
    expect(await committer.submit(submission({ reads: ["path", "policy"], seen: 0 }))).toEqual({
      status: "stale",
      key: "policy",
    });
    const results = await Promise.all([
      committer.submit(submission({ writes: ["credential"], seen: 1 })),
      committer.submit(submission({ reads: ["other", "credential"], seen: 1 })),
      committer.submit(submission({ reads: ["other", "policy"], seen: 1 })),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["committed", "stale", "committed"]);
    expect(results[1]).toEqual({ status: "stale", key: "credential" });
    expect(kinds(events).filter((kind) => kind === "stale")).toHaveLength(2);
  });

  it("so that of a revocation and the reads behind it, no read stands after the revocation", async () => {
    const { committer } = await opened();
    const read = () => committer.submit(submission({ reads: ["credential:1"], seen: committer.position }));
    const before = Array.from({ length: 20 }, read);
    const revocation = committer.submit(submission({ writes: ["credential:1"] }));
    const after = Array.from({ length: 20 }, read);
    const revoked = await revocation;
    for (const result of await Promise.all(before)) expect(result.status).toBe("committed");
    for (const result of await Promise.all(after)) expect(result.status).toBe("stale");
    expect(revoked).toMatchObject({ status: "committed", seq: 20 });
  });
});

describe("pending rows", () => {
  it("let 64 blind writers of one row share a batch, each planned on the one before", async () => {
    const { committer, events } = await opened();
    const write = () => {
      const pending = committer.pending(grants, { tenant: "t", actor: "hot" });
      return committer.submit(submission({ changes: [grant("hot", pending?.stands?.rev ?? 0)], writes: ["path:hot"] }));
    };
    const results = await Promise.all(Array.from({ length: 64 }, write));
    expect(results.filter(({ status }) => status === "committed")).toHaveLength(64);
    expect(kinds(events).filter((kind) => kind === "batch")).toHaveLength(1);
    expect(committer.pending(grants, { tenant: "t", actor: "hot" })).toBeUndefined();
  });

  it("show a delete as null, and outlive a submission that was overtaken", async () => {
    const { committer } = await opened();
    const key = { tenant: "t", actor: "ann" };
    const first = committer.submit(submission({ changes: [grant("ann", 0)] }));
    await new Promise((resolve) => setImmediate(resolve));
    const second = committer.submit(submission({ changes: [ungrant("ann", 1)] }));
    await first;
    expect(committer.pending(grants, key)).toMatchObject({ stands: null });
    await second;
    expect(committer.pending(grants, key)).toBeUndefined();
  });

  it("show nothing of a plan that stood on a submission which was not committed", async () => {
    const { committer } = await opened();
    const key = { tenant: "t", actor: "ann" };
    const made = submission({ changes: [grant("ann", 7)] });
    expect(await committer.submit(made)).toMatchObject({ status: "conflict" });
    const onIt = committer.submit({ ...submission({ changes: [grant("ann", 0)] }), after: [made] });
    expect(committer.pending(grants, key)).toBeUndefined();
    expect(await onIt).toEqual({ status: "conflict", table: "grants" });
  });
});

describe("the queue", () => {
  it("refuses more operations, more bytes, or anything behind one that has waited too long", async () => {
    let now = 0;
    const { committer, writer } = await opened(
      { limits: { maxOperations: 2, maxBytes: 10_000, maxAgeMs: 2_000 } },
      { nowMs: () => now },
    );
    writer.held = [];
    const waiting = [committer.submit(submission())];
    const large = { ...submission(), payload: { commitment: new Uint8Array(32), sealed: new Uint8Array(20_000) } };
    await expect(committer.submit(large)).rejects.toEqual(refusal("overloaded"));
    now = 2_001;
    expect(committer.admission()).toMatchObject({ code: "overloaded", details: { retryAfterSeconds: 1 } });
    now = 1_000;
    waiting.push(committer.submit(submission()));
    expect(committer.queue).toMatchObject({ depth: 2, ageMs: 1_000 });
    await expect(committer.submit(submission())).rejects.toEqual(refusal("overloaded"));
    await new Promise((resolve) => setTimeout(resolve, 5));
    writer.release();
    await Promise.all(waiting);
    expect(committer.queue).toEqual({ depth: 0, bytes: 0, ageMs: 0 });
  });

  it("is emptied before the committer closes, and nothing is admitted after", async () => {
    const { committer, path } = await opened();
    const last = committer.submit(submission());
    const closed = committer.close();
    await expect(committer.submit(submission())).rejects.toEqual(refusal("storage_failed"));
    expect(await last).toMatchObject({ status: "committed" });
    await closed;
    const database = new DatabaseSync(path);
    expect(new LedgerStore(database).checkpoint()?.size).toBe(1);
    database.close();
  });
});

describe("a writer that fails", () => {
  it("fails its batch with storage_failed when the disk is full, and goes on when there is room", async () => {
    const { committer, writer, events } = await opened();
    await committer.submit(submission());
    const database = writer.database as DatabaseSync;
    const pages = Number(database.prepare("PRAGMA page_count").get()?.["page_count"]);
    database.exec(`PRAGMA max_page_count = ${pages}`);
    const many = Array.from({ length: 200 }, (_, index) =>
      committer.submit(submission({ changes: [grant(`ann${index}`, 0)] })),
    );
    for (const result of await Promise.allSettled(many)) {
      expect(result).toEqual({ status: "rejected", reason: refusal("storage_failed") });
    }
    expect(committer.position).toBe(1);
    expect(committer.pending(grants, { tenant: "t", actor: "ann0" })).toBeUndefined();
    database.exec("PRAGMA max_page_count = 100000");
    expect(await committer.submit(submission({ changes: [grant("ann0", 0)] }))).toMatchObject({ seq: 1 });
    expect(await committer.truncateWal()).toBe(true);
    expect(events).toContainEqual(expect.objectContaining({ kind: "batch-failed", operations: 200 }));
    expect(writer.starts).toBe(1);
  });

  it("fails everything that waits when it is lost, reads the head back and distrusts plans from before", async () => {
    const told: Committed[] = [];
    const { committer, writer, events } = await opened({ onCommitted: (committed) => told.push(committed) });
    await committer.submit(submission({ writes: ["x"] }));
    writer.isDoomed = true;
    const inFlight = committer.submit(submission({ changes: [grant("ann", 0)], writes: ["doubtful"] }));
    await new Promise((resolve) => setImmediate(resolve));
    const waiting = committer.submit(submission({ writes: ["waits"] }));
    await expect(inFlight).rejects.toEqual(refusal("storage_failed"));
    await expect(waiting).rejects.toEqual(refusal("storage_failed"));
    expect(committer.admission()).toMatchObject({
      code: "storage_failed",
      details: { hint: "Nothing was done. Try again; /readyz tells when." },
    });
    expect(await committer.truncateWal()).toBe(false);
    expect(await committer.checkpointNow()).toBeUndefined();
    await vi.waitFor(() => expect(committer.admission()).toBeUndefined());
    expect(committer.position).toBe(2);
    expect(told.at(-1)).toEqual({ writes: ["doubtful"], position: 2, isIncomplete: false });
    expect(await committer.submit(submission({ reads: ["anything"], seen: 1 }))).toMatchObject({ status: "stale" });
    expect(await committer.submit(submission({ reads: ["anything"], seen: 2 }))).toMatchObject({ seq: 2 });
    expect(kinds(events)).toEqual(expect.arrayContaining(["writer-lost", "recovered"]));
  });

  it("can be closed while another one is awaited", async () => {
    const { committer, writer } = await opened({}, { restartDelayMs: 60_000 });
    writer.die("killed");
    await committer.close();
    await committer.close();
    expect(writer.starts).toBe(1);
  });

  it("answers what else was asked of it, and says so", async () => {
    const { committer, writer, events } = await opened();
    await committer.submit(submission());
    writer.held = [];
    const waiting = [committer.truncateWal(), committer.checkpointNow()];
    await new Promise((resolve) => setTimeout(resolve, 2));
    writer.die("killed");
    expect(await Promise.all(waiting)).toEqual([false, undefined]);
    await vi.waitFor(() => expect(committer.admission()).toBeUndefined());
    await committer.submit(submission());
    writer.database?.close();
    expect(await committer.truncateWal()).toBe(false);
    await committer.checkpointNow();
    expect(kinds(events)).toContain("checkpoint-failed");
  });

  it("says in one sentence what was asked of it before it was open", () => {
    const path = join(temporaryFolder(onTestFinished), "holdfast.db");
    const reply = serveWriter(new SqliteWriter(writerOptions(path)), new BatchCodec(TABLES), { kind: "truncate-wal" });
    expect(reply).toEqual({
      kind: "failed",
      request: "truncate-wal",
      message: "The database is not open.",
      isLast: true,
    });
  });

  it("is not replaced by one on an older copy of the database", async () => {
    const { committer, writer, path, events } = await opened();
    await committer.submit(submission());
    for (const end of ["", "-wal", "-shm"]) if (existsSync(path + end)) renameSync(path + end, `${path}.away${end}`);
    await expect(committer.submit(submission())).rejects.toEqual(refusal("storage_failed"));
    await vi.waitFor(() => expect(kinds(events)).toContain("not-reopened"));
    expect(events).toContainEqual(expect.objectContaining({ kind: "not-reopened", code: "database_rolled_back" }));
    expect(existsSync(path)).toBe(false);
    for (const end of ["", "-wal", "-shm"])
      if (existsSync(`${path}.away${end}`)) renameSync(`${path}.away${end}`, path + end);
    await vi.waitFor(() => expect(committer.admission()).toBeUndefined());
    expect(await committer.submit(submission())).toMatchObject({ seq: 1 });
    expect(writer.starts).toBeGreaterThan(2);
  });
});

describe("checkpoints", () => {
  it("are published after a while, when the ledger has grown, to every place that takes them", async () => {
    const notes: string[] = [];
    const failing = () => Promise.reject(new Error("away"));
    // oxlint-disable-next-line prefer-promise-reject-errors -- a place of someone else's may do so
    const odd = () => Promise.reject("odd");
    const { committer, events } = await opened(
      { publish: [failing, odd, (note) => void notes.push(note)] },
      { checkpointDelayMs: 1 },
    );
    await committer.submit(submission());
    await vi.waitFor(() => expect(notes).toHaveLength(1));
    expect(notes[0]).toContain(`${ORIGIN}\n1\n`);
    expect(committer.checkpoint?.size).toBe(1);
    expect(events.filter((event) => event.kind === "not-published")).toMatchObject([
      { size: 1, message: "away" },
      { size: 1, message: "odd" },
    ]);
  });

  it("can be asked for, and replace their file as a whole", async () => {
    const folder = temporaryFolder(onTestFinished);
    const { committer } = await opened({ publish: [publishToFile(join(folder, "checkpoint"))] });
    expect(await committer.checkpointNow()).toBeUndefined();
    await committer.submit(submission());
    const checkpoint = await committer.checkpointNow();
    await committer.submit(submission());
    await committer.close();
    expect(checkpoint?.size).toBe(1);
    expect(readFileSync(join(folder, "checkpoint"), "utf8")).toContain(`${ORIGIN}\n2\n`);
    expect(existsSync(join(folder, "checkpoint.partial"))).toBe(false);
  });
});

describe("opening", () => {
  it("is refused to a second instance, and possible again when the first has closed", async () => {
    const { committer, options } = await opened();
    await expect(createCommitter(options)).rejects.toMatchObject({ code: "database_in_use" });
    await committer.close();
    const again = await createCommitter(options, { startWriter: new InProcess().start });
    await again.close();
  });

  it("rejects with what recovery found, and lets the lock go", async () => {
    const path = join(temporaryFolder(onTestFinished), "holdfast.db");
    const options = { path, tables: TABLES, origin: ORIGIN, signingSeed: SIGNING_SEED, stateKey: STATE_KEY };
    const start = { startWriter: new InProcess().start };
    await expect(createCommitter({ ...options, mustExist: true }, start)).rejects.toMatchObject({
      code: "database_unreadable",
    });
    const committer = await createCommitter(options, { startWriter: new InProcess().start });
    await committer.close();
    writeFileSync(`${path}.other.lock`, "not a lock ".repeat(100));
    await expect(createCommitter({ ...options, path: `${path}.other` })).rejects.toMatchObject({
      code: "database_damaged",
    });
    await expect(createCommitter({ ...options, path: "/nonexistent/x" })).rejects.toMatchObject({
      code: "database_unreadable",
    });
  });

  it("in a thread of its own fails as it does elsewhere, and so does a batch", async () => {
    const path = join(temporaryFolder(onTestFinished), "holdfast.db");
    const events: CommitterEvent[] = [];
    const onEvent = (event: CommitterEvent) => events.push(event);
    const keysOf = { signingSeed: SIGNING_SEED, stateKey: STATE_KEY };
    const options = { path, tables: TABLES, origin: ORIGIN, onEvent, ...keysOf };
    await expect(createCommitter({ ...options, mustExist: true })).rejects.toMatchObject({
      code: "database_unreadable",
    });
    const committer = await createCommitter(options);
    renameSync(path, `${path}.away`);
    await expect(committer.submit(submission())).rejects.toEqual(refusal("storage_failed"));
    await vi.waitFor(() => expect(kinds(events)).toContain("not-reopened"), 5_000);
    await committer.close();
    expect(existsSync(path)).toBe(false);
  });

  it("runs the writer in a thread of its own, which can be killed at any time", async () => {
    const path = join(temporaryFolder(onTestFinished), "holdfast.db");
    const options = { path, tables: TABLES, origin: ORIGIN, signingSeed: SIGNING_SEED, stateKey: STATE_KEY };
    const acknowledged: number[] = [];
    const events: CommitterEvent[] = [];
    let kill = (): void => undefined;
    const { startWriterThread } = await import("./writer-thread.ts");
    const startWriter: StartWriter = (...of) => {
      const thread = startWriterThread(...of);
      kill = () => thread.terminate();
      return thread;
    };
    const onEvent = (event: CommitterEvent) => events.push(event);
    const committer = await createCommitter({ ...options, onEvent }, { startWriter, restartDelayMs: 1 });
    for (let round = 0; round < 3; round++) {
      const writes = Array.from({ length: 50 }, (_, index) =>
        committer.submit(submission({ changes: [grant(`r${round}-${index}`, 0)] })).then(
          (result) => acknowledged.push(result.status === "committed" ? result.seq : -1),
          () => undefined,
        ),
      );
      setImmediate(() => setImmediate(kill));
      await Promise.all(writes);
      await vi.waitFor(() => expect(committer.admission()).toBeUndefined(), 5_000);
    }
    await committer.close();
    const snapshot = await openSnapshot({ path }, true);
    const verification = await verify(snapshot, {
      identity: { origin: ORIGIN, publicKey: PUBLIC_KEY },
      known: [],
      state: { tables: TABLES, stateKey: STATE_KEY, openPayload: openPlain, erasureActions: [] },
    });
    await snapshot.close();
    expect(verification).toMatchObject({ ok: true, state: { ok: true } });
    expect(verification.size).toBeGreaterThanOrEqual(acknowledged.length);
    expect(kinds(events).filter((kind) => kind === "recovered").length).toBeGreaterThan(1);
  });
});
