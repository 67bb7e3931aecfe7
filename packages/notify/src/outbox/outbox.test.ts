import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../folder.fixture.ts";
import { Outbox } from "./outbox.ts";
import { addressed, OutboxStand } from "./outbox.fixture.ts";

describe("taking in", () => {
  test("keeps what came, and how far the ledger was read, for the next process", () => {
    const stand = new OutboxStand();
    expect(stand.outbox.watermark).toBeUndefined();
    expect(stand.events).toEqual([{ kind: "created" }]);
    expect(stand.outbox.enqueue([addressed({ id: "al_1" }, "a"), addressed({ id: "al_2" }, "b")], 9)).toMatchObject({
      queued: 2,
      joined: 0,
      known: 0,
    });
    stand.reopen();
    expect(stand.outbox.watermark).toBe(9);
    expect(stand.takeAll("a")).toEqual(["al_1"]);
    expect(stand.takeAll("b")).toEqual(["al_2"]);
  });

  test("never lowers the watermark", () => {
    const { outbox } = new OutboxStand();
    outbox.enqueue([], 9);
    outbox.enqueue([], 4);
    outbox.enqueue([]);
    expect(outbox.watermark).toBe(9);
  });

  test("knows what came before by notification and sink, also after it was delivered", () => {
    const stand = new OutboxStand();
    stand.put("a", "al_1");
    const { delivery } = stand.take()!;
    stand.outbox.settle("a", [{ id: delivery, outcome: { kind: "sent" } }]);
    const both = { ...addressed({ id: "al_1" }, "a"), destinations: ["a", "b"].map((sink) => ({ sink, groupMs: 0 })) };
    expect(stand.outbox.enqueue([both])).toMatchObject({ queued: 1, known: 1 });
    expect(stand.takeAll("a")).toEqual([]);
    expect(stand.takeAll("b")).toEqual(["al_1"]);
  });

  test("takes all of a batch or nothing of it", () => {
    const stand = new OutboxStand();
    const broken = addressed({ id: "al_2", count: 1.5 }, "a");
    expect(() => stand.outbox.enqueue([addressed({ id: "al_1" }, "a"), broken], 5)).toThrow(
      expect.objectContaining({ code: "outbox_failed" }),
    );
    expect(stand.outbox.watermark).toBeUndefined();
    expect(stand.outbox.counts().size).toBe(0);
  });

  test("forgets the oldest beyond its bound of what it remembers", () => {
    const stand = new OutboxStand({ mostSeen: 3 });
    stand.put("a", "al_1", "al_2", "al_3", "al_4");
    expect(stand.outbox.enqueue([addressed({ id: "al_4" }, "a")]).known).toBe(1);
    const again = addressed({ id: "al_1" }, "a");
    expect(stand.outbox.enqueue([again])).toMatchObject({ known: 0 });
    // It is still there: the same notification never stands twice in one sink's queue.
    expect(stand.takeAll()).toHaveLength(4);
  });
});

describe("grouping", () => {
  const same = (id: string) => addressed({ id, dedupKey: "exec web-1" }, "a");

  test("tells the first at once, and what comes within the window together when it ends, with a count", () => {
    const stand = new OutboxStand();
    stand.outbox.enqueue([same("al_1")]);
    expect(stand.take()).toMatchObject({ id: "al_1", count: 1 });
    expect(stand.outbox.enqueue([same("al_2"), same("al_3"), same("al_4")])).toMatchObject({ queued: 1, joined: 2 });
    expect(stand.take()).toBeUndefined();
    stand.now += 60_000;
    expect(stand.take()).toMatchObject({ id: "al_2", count: 3 });
  });

  test("changes nothing of one that was tried: the other side may know it by its id", () => {
    const stand = new OutboxStand();
    stand.outbox.enqueue([same("al_1")]);
    const { delivery } = stand.take()!;
    stand.outbox.settle("a", [{ id: delivery, outcome: { kind: "again", at: stand.now, code: "connect_failed" } }]);
    stand.outbox.enqueue([same("al_2")]);
    expect(stand.take()).toMatchObject({ id: "al_1", count: 1 });
    stand.reopen();
    expect(stand.take()).toMatchObject({ id: "al_1", count: 1 });
  });

  test("does not count a replayed one twice", () => {
    const stand = new OutboxStand();
    stand.outbox.enqueue([same("al_1"), same("al_2")]);
    stand.outbox.enqueue([same("al_1"), same("al_2")]);
    expect(stand.take()).toMatchObject({ count: 2 });
  });

  test("keeps from when to when it was seen", () => {
    const stand = new OutboxStand();
    const seen = (id: string, firstSeenAt: number, lastSeenAt: number) =>
      addressed({ id, dedupKey: "k", firstSeenAt, lastSeenAt }, "a");
    stand.outbox.enqueue([seen("al_1", 50, 60), seen("al_2", 40, 45), seen("al_3", 70, 80)]);
    const [claimed] = stand.outbox.claim({ sink: "a", severities: ["high"], most: 1 });
    expect(claimed?.notification).toMatchObject({ firstSeenAt: 40, lastSeenAt: 80, count: 3 });
  });

  test("tells one that is severer at once", () => {
    const stand = new OutboxStand();
    stand.outbox.enqueue([same("al_1")]);
    stand.takeAll();
    stand.outbox.enqueue([same("al_2"), addressed({ id: "al_3", dedupKey: "exec web-1", severity: "critical" }, "a")]);
    expect(stand.takeAll()).toEqual(["al_3"]);
  });

  test("bounds the keys that it remembers", () => {
    const stand = new OutboxStand({ mostGroups: 10 });
    stand.outbox.enqueue(
      Array.from({ length: 50 }, (_, index) => addressed({ id: `al_${index}`, dedupKey: `${index}` }, "a")),
    );
    stand.takeAll();
    const again = (index: number) =>
      stand.outbox.enqueue([addressed({ id: `again_${index}`, dedupKey: `${index}` }, "a")]);
    again(0);
    again(49);
    expect(stand.takeAll()).toEqual(["again_0"]);
  });
});

describe("claiming", () => {
  test("gives the severest first, then the oldest, and only what may be told", () => {
    const stand = new OutboxStand();
    stand.outbox.enqueue([
      addressed({ id: "al_1", severity: "low" }, "a"),
      addressed({ id: "al_2", severity: "high" }, "a"),
      addressed({ id: "al_3", severity: "critical" }, "a"),
      addressed({ id: "al_4", severity: "high" }, "a"),
    ]);
    const wanted = { sink: "a", severities: ["low", "high"], most: 2 } as const;
    expect(stand.outbox.claim(wanted).map(({ notification }) => notification.id)).toEqual(["al_2", "al_4"]);
    expect(stand.takeAll()).toEqual(["al_3", "al_1"]);
  });

  test("says when the next is due", () => {
    const stand = new OutboxStand();
    stand.put("a", "al_1");
    const { delivery } = stand.take()!;
    const wanted = { sink: "a", severities: ["high"] } as const;
    expect(stand.outbox.nextDueAt(wanted)).toBeUndefined();
    stand.outbox.settle("a", [{ id: delivery, outcome: { kind: "again", at: stand.now + 5, code: "http_failed" } }]);
    expect(stand.outbox.nextDueAt(wanted)).toBe(stand.now + 5);
    expect(stand.outbox.nextDueAt({ ...wanted, severities: ["low"] })).toBeUndefined();
    expect(stand.take()).toBeUndefined();
    stand.now += 5;
    expect(stand.take()).toMatchObject({ id: "al_1" });
  });

  test("puts back what an ended process was sending, with the attempts that it had", () => {
    const stand = new OutboxStand();
    stand.put("a", "al_1");
    stand.take();
    stand.reopen();
    expect(stand.events.at(-1)).toEqual({ kind: "resumed", requeued: 1 });
    const [claimed] = stand.outbox.claim({ sink: "a", severities: ["high"], most: 1 });
    expect(claimed).toMatchObject({ attempts: 0, notification: { id: "al_1" } });
  });

  test("what was called off waits as before", () => {
    const stand = new OutboxStand();
    stand.put("a", "al_1");
    const { delivery } = stand.take()!;
    stand.outbox.settle("a", [{ id: delivery, outcome: { kind: "untried" } }]);
    const [claimed] = stand.outbox.claim({ sink: "a", severities: ["high"], most: 1 });
    expect(claimed).toMatchObject({ attempts: 0 });
  });
});

describe("bounds", () => {
  test("beyond a sink's bound, the oldest of the lowest severity become dead letters, counted; other sinks keep theirs", () => {
    const stand = new OutboxStand({ mostQueuedPerSink: 3 });
    stand.put("b", "al_b");
    const result = stand.outbox.enqueue([
      addressed({ id: "al_1", severity: "critical" }, "a"),
      addressed({ id: "al_2", severity: "low" }, "a"),
      addressed({ id: "al_3", severity: "low" }, "a"),
      addressed({ id: "al_4", severity: "high" }, "a"),
      addressed({ id: "al_5", severity: "medium" }, "a"),
    ]);
    expect(result.overflowed).toEqual(new Map([["a", 2]]));
    const { letters } = stand.outbox.deadLetters();
    expect(letters.map(({ notification, reason }) => [notification?.id, reason])).toEqual([
      ["al_2", "queue_full"],
      ["al_3", "queue_full"],
    ]);
    expect(stand.outbox.counts().get("a")).toMatchObject({ queued: 3, dead: 2, tallies: { queue_full: 2 } });
    expect(stand.outbox.counts().get("b")).toMatchObject({ queued: 1, dead: 0, oldestQueuedAt: stand.now });
  });

  test("beyond their bound, dead letters go, counted", () => {
    const stand = new OutboxStand({ mostQueuedPerSink: 1, mostDeadPerSink: 2 });
    stand.put("a", "al_1", "al_2", "al_3", "al_4", "al_5");
    expect(stand.outbox.deadLetters().letters.map(({ notification }) => notification?.id)).toEqual(["al_3", "al_4"]);
    expect(stand.outbox.counts().get("a")?.tallies).toEqual({ queue_full: 4, dropped: 2 });
  });

  test("dead letters that are too old go, counted", () => {
    const stand = new OutboxStand({ mostQueuedPerSink: 1, deadMaxAgeMs: 1_000 });
    stand.put("a", "al_1", "al_2");
    stand.now += 1_000;
    expect(stand.outbox.expire()).toBe(0);
    stand.now += 1;
    expect(stand.outbox.expire()).toBe(1);
    expect(stand.outbox.counts().get("a")?.tallies).toEqual({ queue_full: 1, expired: 1 });
  });
});

describe("dead letters", () => {
  function withDead(...ids: readonly string[]): OutboxStand {
    const stand = new OutboxStand();
    for (const id of ids) {
      stand.put("a", id);
      const { delivery } = stand.take()!;
      stand.outbox.settle("a", [{ id: delivery, outcome: { kind: "dead", reason: "refused", code: "http_gone" } }]);
    }
    return stand;
  }

  test("say what they are and why", () => {
    const stand = withDead("al_1");
    expect(stand.outbox.deadLetters({ sink: "a" }).letters).toMatchObject([
      {
        sink: "a",
        reason: "refused",
        lastError: "http_gone",
        attempts: 1,
        isNotice: false,
        deadAt: stand.now,
        notification: { id: "al_1", title: "Program run from a temporary folder" },
      },
    ]);
    expect(stand.outbox.deadLetters({ sink: "b" }).letters).toEqual([]);
  });

  test("are listed page by page", () => {
    const { outbox } = withDead("al_1", "al_2", "al_3");
    const first = outbox.deadLetters({ limit: 2 });
    expect(first.letters.map(({ notification }) => notification?.id)).toEqual(["al_1", "al_2"]);
    const second = outbox.deadLetters({ limit: 2, after: first.next! });
    expect(second).toMatchObject({ letters: [{ notification: { id: "al_3" } }], next: undefined });
  });

  test("are tried again with all attempts before them, one or all, for sinks that there are", () => {
    const stand = withDead("al_1", "al_2", "al_3");
    const [first] = stand.outbox.deadLetters().letters;
    expect(stand.outbox.retryDead({ id: first!.id }, ["b"])).toBe(0);
    expect(stand.outbox.retryDead({ id: first!.id }, ["a", "b"])).toBe(1);
    expect(stand.outbox.claim({ sink: "a", severities: ["high"], most: 9 })).toMatchObject([{ attempts: 0 }]);
    expect(stand.outbox.retryDead({ sink: "b" }, ["a", "b"])).toBe(0);
    expect(stand.outbox.retryDead("all", ["a", "b"])).toBe(2);
    expect(stand.outbox.deadLetters().letters).toEqual([]);
  });

  test("are dropped, one or all, with what nobody else waits for", () => {
    const stand = withDead("al_1", "al_2", "al_3");
    const [first] = stand.outbox.deadLetters().letters;
    expect(stand.outbox.dropDead({ id: first!.id })).toBe(1);
    expect(stand.outbox.dropDead({ id: first!.id })).toBe(0);
    expect(stand.outbox.dropDead({ sink: "a" })).toBe(2);
    stand.outbox.close();
    const database = new DatabaseSync(stand.path, { readOnly: true });
    expect(database.prepare("SELECT count(*) AS n FROM notifications").get()).toEqual({ n: 0 });
    database.close();
    stand.outbox = stand.open();
  });

  test("are made of what waits for a sink that is gone, which keeps what another sink waits for", () => {
    const stand = new OutboxStand();
    stand.outbox.enqueue([
      { ...addressed({ id: "al_1" }, "a"), destinations: ["a", "b"].map((sink) => ({ sink, groupMs: 0 })) },
    ]);
    stand.take("a");
    expect(stand.outbox.keepOnly(["b"])).toEqual(new Map([["a", 1]]));
    expect(stand.outbox.deadLetters().letters).toMatchObject([
      { sink: "a", reason: "sink_removed", lastError: undefined },
    ]);
    stand.outbox.dropDead("all");
    expect(stand.takeAll("b")).toEqual(["al_1"]);
  });
});

describe("a clock that is wrong", () => {
  test("put forward or back, it changes nothing about how long things wait", () => {
    const stand = new OutboxStand();
    stand.put("a", "al_1");
    const { delivery } = stand.take()!;
    stand.outbox.settle("a", [{ id: delivery, outcome: { kind: "again", at: stand.now + 500, code: "http_failed" } }]);
    stand.now -= 86_400_000;
    stand.outbox.shift(-86_400_000);
    expect(stand.outbox.nextDueAt({ sink: "a", severities: ["high"] })).toBe(stand.now + 500);
  });

  test("put back while no process ran, nothing waits longer than an hour for it", () => {
    const stand = new OutboxStand();
    stand.put("a", "al_1");
    const { delivery } = stand.take()!;
    stand.outbox.settle("a", [{ id: delivery, outcome: { kind: "again", at: stand.now + 500, code: "http_failed" } }]);
    stand.now -= 365 * 86_400_000;
    stand.reopen();
    stand.now += 3_600_000;
    expect(stand.takeAll()).toEqual(["al_1"]);
  });
});

describe("the file", () => {
  const aside = (path: string) => readdirSync(dirname(path)).filter((name) => name.includes(".damaged-"));

  test("is for its owner alone, with what SQLite keeps beside it", () => {
    const stand = new OutboxStand();
    stand.put("a", "al_1");
    for (const part of ["", "-wal"]) expect(statSync(`${stand.path}${part}`).mode & 0o777).toBe(0o600);
  });

  test("serves one process: a second one is told so", () => {
    const stand = new OutboxStand();
    expect(() => stand.open()).toThrow(expect.objectContaining({ code: "outbox_in_use" }));
    stand.put("a", "al_1");
    expect(stand.takeAll()).toEqual(["al_1"]);
  });

  test("of a newer program is refused, and left as it is", () => {
    const stand = new OutboxStand();
    stand.outbox.close();
    const database = new DatabaseSync(stand.path);
    database.exec("PRAGMA user_version = 99");
    database.close();
    expect(() => stand.open()).toThrow(expect.objectContaining({ code: "outbox_newer" }));
    expect(aside(stand.path)).toEqual([]);
    rmSync(stand.path);
    stand.outbox = stand.open();
  });

  test.each([
    ["is no database", Buffer.from("not a database, and long enough to be looked at ".repeat(20))],
    ["has a broken page", undefined],
  ])("that %s is put aside, and a new one begun that knows no watermark", (_name, content) => {
    const stand = new OutboxStand();
    stand.put("a", ...Array.from({ length: 200 }, (_, index) => `al_${index}`));
    stand.outbox.enqueue([], 77);
    stand.outbox.close();
    writeFileSync(stand.path, content ?? brokenPages(stand.path));
    stand.events.length = 0;
    stand.outbox = stand.open();
    expect(stand.events).toEqual([
      { kind: "damaged", movedTo: expect.stringContaining(`${stand.path}.damaged-`) as string },
      { kind: "created" },
    ]);
    expect(stand.outbox.watermark).toBeUndefined();
    expect(aside(stand.path)).toHaveLength(1);
    stand.put("a", "al_new");
    expect(stand.takeAll()).toEqual(["al_new"]);
  });

  test("that is damaged again and again keeps the last five only", () => {
    const stand = new OutboxStand();
    for (let round = 0; round < 8; round += 1) {
      stand.outbox.close();
      writeFileSync(stand.path, "x".repeat(4_096));
      stand.now += 1_000;
      stand.outbox = stand.open();
    }
    expect(aside(stand.path)).toHaveLength(5);
  });

  test.each([
    ["removed", (path: string) => rmSync(path)],
    [
      "replaced",
      (path: string) => {
        rmSync(path);
        writeFileSync(path, "something else");
      },
    ],
    [
      "removed with its log",
      (path: string) => {
        rmSync(path);
        rmSync(`${path}-wal`);
      },
    ],
  ])("that is %s while it is in use is written again, with all that was in it", (_name, damage) => {
    const stand = new OutboxStand();
    stand.put("a", "al_1", "al_2");
    stand.outbox.enqueue([], 77);
    damage(stand.path);
    stand.put("a", "al_3");
    expect(stand.events.at(-1)).toEqual({ kind: "replaced" });
    expect(statSync(stand.path).mode & 0o777).toBe(0o600);
    stand.reopen();
    expect(stand.outbox.watermark).toBe(77);
    expect(stand.takeAll()).toEqual(["al_1", "al_2", "al_3"]);
  });

  test("that is damaged while it is in use begins anew, and nothing that was under way is taken for something else", () => {
    const stand = new OutboxStand();
    stand.put("a", "al_1", "al_2");
    const { delivery } = stand.take()!;
    stand.outbox.close();
    const database = new DatabaseSync(stand.path);
    database.exec("DROP TABLE groups");
    database.close();
    stand.outbox = stand.open();
    stand.events.length = 0;
    expect(() => stand.put("a", "al_3")).toThrow(expect.objectContaining({ code: "outbox_damaged" }));
    expect(stand.events.map(({ kind }) => kind)).toEqual(["damaged", "created"]);
    stand.put("a", "al_3", "al_4");
    stand.outbox.settle("a", [{ id: delivery, outcome: { kind: "sent" } }]);
    expect(stand.takeAll()).toEqual(["al_3", "al_4"]);
  });

  test("whose text is no longer what was written gives up that one alone", () => {
    const stand = new OutboxStand();
    stand.put("a", "al_1", "al_2");
    stand.outbox.close();
    const database = new DatabaseSync(stand.path);
    database.exec("UPDATE notifications SET body = '{\"id\":1}' WHERE id = 'al_1'");
    database.close();
    stand.outbox = stand.open();
    expect(stand.takeAll()).toEqual(["al_2"]);
    expect(stand.outbox.deadLetters().letters).toMatchObject([{ reason: "unreadable", notification: undefined }]);
    expect(stand.outbox.retryDead("all", ["a"])).toBe(0);
  });

  test("stays closed when it was closed", () => {
    const stand = new OutboxStand();
    stand.outbox.close();
    expect(() => stand.put("a", "al_1")).toThrow(expect.objectContaining({ code: "outbox_failed" }));
    expect(() => stand.outbox.watermark).toThrow(expect.objectContaining({ code: "outbox_failed" }));
  });

  test("in a folder that does not exist is a failure, not damage", () => {
    const path = join(temporaryFolder(), "missing", "outbox.db");
    const open = () => Outbox.open({ path, now: () => 0, onEvent: () => undefined });
    expect(open).toThrow(expect.objectContaining({ code: "outbox_failed" }));
  });
});

/** The header stays: everything behind the first page is noise. */
function brokenPages(path: string): Buffer {
  const bytes = readFileSync(path);
  bytes.fill(0xa5, 4_096);
  return bytes;
}
