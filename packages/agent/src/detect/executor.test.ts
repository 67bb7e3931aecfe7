import { rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { ruleTables } from "@holdfast/rules";
import { executorErrorCodes } from "./errors.ts";
import { Executor } from "./executor.ts";
import { endless, everything } from "./bounds.fixture.ts";
import { familyOf, hostile, isAlive, runningExecutor, sharedExecutor, until } from "./executor.fixture.ts";
import { eventFile } from "./events.fixture.ts";

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ pid: index, path: `/bin/p${index}`, time: index }));

describe("an executor", () => {
  const { executor, events, rows } = sharedExecutor();

  it("answers with columns and rows of the tables it is told", async () => {
    events.add("process_events", many(3));
    const result = await executor.run({
      sql: "SELECT e.pid AS pid, e.path AS path FROM process_events e WHERE e.path LIKE ? ORDER BY e.pid DESC",
      parameters: ["%p_"],
      bounds: everything,
    });
    expect(result.columns).toEqual(["pid", "path"]);
    expect(result.rows).toEqual([
      [2, "/bin/p2"],
      [1, "/bin/p1"],
      [0, "/bin/p0"],
    ]);
    expect(result.isTruncated).toBe(false);
  });

  it("shows of a table what lies within its bounds, of old statements as of new ones", async () => {
    const base = events.add("process_events", many(10)) - 10;
    const pids = async (after: number, upTo: number, since?: number) => {
      const sql = "SELECT e.pid AS pid FROM process_events e ORDER BY e.pid";
      const bounds = { after: base + after, upTo: base + upTo, ...(since === undefined ? {} : { since }) };
      return (await executor.run({ sql, parameters: [], bounds: { process_events: bounds } })).rows.flat();
    };
    expect(await pids(3, 5)).toEqual([3, 4]);
    expect(await pids(0, 2)).toEqual([0, 1]);
    expect(await pids(0, 10, 8)).toEqual([8, 9]);
    events.add("process_events", [{ pid: 77 }]);
    expect(await pids(9, 11)).toEqual([9, 77]);
    expect(await pids(11, 11)).toEqual([]);
  });

  it("refuses a table for which no bounds were given", async () => {
    const statement = {
      sql: "SELECT u.uid AS uid FROM users u",
      parameters: [],
      bounds: { processes: { after: 0, upTo: 1 } },
    };
    await expect(executor.run(statement)).rejects.toMatchObject({
      code: "refused",
      message: "No bounds were given for users.",
    });
  });

  it("keeps NUL, broken UTF-8, whole numbers beyond 2^53, infinities and binary values", async () => {
    events.database.exec(`
      INSERT INTO users (uid, username, seq) VALUES
        (1, CAST(x'610062' AS TEXT), 1), (2, CAST(x'61ff62eda080' AS TEXT), 2),
        (9223372036854775807, x'00ff', 3), (-9007199254740991, '', 4), (9e999, char(55357), 5);
    `);
    expect(await rows("SELECT u.uid AS uid, u.username AS name FROM users u ORDER BY u.seq")).toEqual([
      [1, "a\0b"],
      [2, "a\ufffdb\ufffd\ufffd\ufffd"],
      ["9223372036854775807", "x'00ff'"],
      [-9007199254740991, ""],
      ["Infinity", "\ufffd\ufffd\ufffd"],
    ]);
    expect(await rows("SELECT u.uid AS uid FROM users u WHERE u.username = ?", ["a\0b"])).toEqual([[1]]);
  });

  it("binds whole numbers as integers, which divide without remainder", async () => {
    expect(await rows("SELECT ? / 2 AS a, ? / 2 AS b, ? AS c", [5, 5.5, null])).toEqual([[2, 2.75, null]]);
  });

  it("cuts a result of a million rows off and says so", async () => {
    events.add("process_events", many(1_000));
    const statement = {
      sql: "SELECT a.pid AS a, b.pid AS b FROM process_events a JOIN process_events b",
      parameters: [],
    };
    const result = await executor.run({ ...statement, bounds: everything, maxRows: 100 });
    expect(result.rows).toHaveLength(100);
    expect(result.isTruncated).toBe(true);
    const whole = await executor.run({
      ...statement,
      sql: `${statement.sql} LIMIT 100`,
      bounds: everything,
      maxRows: 100,
    });
    expect(whole.isTruncated).toBe(false);
  });

  it("cuts off what is too many bytes, or too long for one value, and says so", async () => {
    const { executor, events, rows } = runningExecutor(onTestFinished, { maxBytes: 10_000, maxCellLength: 1_000 });
    events.add("process_events", [{ cmdline: "x".repeat(2_000) }]);
    const long = await executor.run({
      sql: "SELECT e.cmdline AS c FROM process_events e",
      parameters: [],
      bounds: everything,
    });
    expect(long).toMatchObject({ rows: [["x".repeat(1_000)]], isTruncated: true });
    events.add("process_events", many(1_000));
    const wide = await executor.run({
      sql: "SELECT e.path AS p FROM process_events e",
      parameters: [],
      bounds: everything,
    });
    expect(wide.isTruncated).toBe(true);
    expect(JSON.stringify(wide.rows).length).toBeLessThan(10_000);
    expect(await rows("SELECT count(*) AS n FROM process_events")).toEqual([[1_001]]);
  });

  it("says what SQLite says of a statement that is wrong", async () => {
    await expect(rows("SELECT 1 +")).rejects.toMatchObject({ code: "sql", message: "incomplete input" });
    await expect(rows("SELECT ? AS a", ["x".repeat(4 * 1024 * 1024)])).rejects.toMatchObject({ code: "refused" });
  });

  it("answers many statements in order, and each its own", async () => {
    const order: number[] = [];
    const ask = async (number: number) => {
      const { rows } = await executor.run({ sql: "SELECT ? AS n", parameters: [number], bounds: {} });
      order.push(number);
      return rows[0]![0];
    };
    const numbers = Array.from({ length: 200 }, (_, index) => index);
    expect(await Promise.all(numbers.map(ask))).toEqual(numbers);
    expect(order).toEqual(numbers);
  });

  it("keeps few statements prepared, however many different ones it is given", async () => {
    const text = "x".repeat(10_000);
    const ask = (number: number) => rows(`SELECT '${text}' AS a, ${number} AS b`);
    const answers = await Promise.all(Array.from({ length: 300 }, (_, index) => ask(index)));
    expect(answers.map(([row]) => row![1])).toEqual(Array.from({ length: 300 }, (_, index) => index));
  });
});

describe("a statement that would not end", () => {
  it("is ended at its deadline, and the next one is unharmed", async () => {
    const { events, rows } = runningExecutor(onTestFinished);
    events.add("process_events", many(1_000));
    const bomb = rows(endless, [], { timeoutMs: 200 });
    const next = rows("SELECT count(*) AS n FROM process_events");
    await expect(bomb).rejects.toMatchObject({ code: "timeout", message: "The statement was ended after 0.2 s." });
    expect(await next).toEqual([[1_000]]);
  });

  it("is ended when it recurses without end behind a missing authorizer", async () => {
    const { rows } = runningExecutor(onTestFinished, { without: ["authorizer"] });
    const recursion = "WITH RECURSIVE r AS (SELECT 1 AS a UNION ALL SELECT a FROM r) SELECT count(*) AS n FROM r";
    await expect(rows(recursion, [], { timeoutMs: 200 })).rejects.toMatchObject({ code: "timeout" });
    expect(await rows("SELECT 1 AS a")).toEqual([[1]]);
  });

  it("is ended when it is cancelled, and the others are unharmed", async () => {
    const { events, rows, executor } = runningExecutor(onTestFinished);
    events.add("process_events", many(1_000));
    await executor.start();
    const running = new AbortController();
    const waiting = new AbortController();
    const bomb = rows(endless, [], { signal: running.signal });
    const dropped = rows("SELECT 2 AS a", [], { signal: waiting.signal });
    const kept = rows("SELECT 3 AS a");
    waiting.abort();
    await expect(dropped).rejects.toMatchObject({ code: "cancelled" });
    running.abort(new Error("changed my mind"));
    await expect(bomb).rejects.toMatchObject({ code: "cancelled", cause: new Error("changed my mind") });
    expect(await kept).toEqual([[3]]);
    await expect(rows("SELECT 4 AS a", [], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "cancelled",
    });
  });
});

describe("a statement that takes too much memory", () => {
  it("is told so, and the next one is unharmed", async () => {
    const { events, rows } = runningExecutor(onTestFinished);
    events.add("process_events", many(1_000));
    const pairs =
      "SELECT a.path || b.path || c.path AS x, count(*) AS n FROM process_events a, process_events b, process_events c";
    const bomb = rows(`${pairs} GROUP BY 1`);
    const next = rows("SELECT count(*) AS n FROM process_events");
    await expect(bomb).rejects.toMatchObject({ code: "memory" });
    expect(await next).toEqual([[1_000]]);
  });

  it("is told so when one value is too large", async () => {
    const { rows } = runningExecutor(onTestFinished, { without: ["authorizer"] });
    await expect(rows("SELECT randomblob(1000000000) AS a")).rejects.toMatchObject({ code: "sql" });
    await expect(rows("SELECT replace(hex(zeroblob(400000)), '0', 'xxxxxxxxxx') AS a")).rejects.toMatchObject({
      code: "sql",
    });
  });

  it.each(["fill the heap", "fill other memory"])(
    "is told so when it is the interpreter's own: %s",
    async (attempt) => {
      const { rows } = runningExecutor(onTestFinished, hostile);
      await expect(rows(attempt)).rejects.toMatchObject({ code: "memory" });
      expect(await rows("SELECT 1 AS a")).toEqual([[1]]);
    },
  );
});

describe("the executor's process", () => {
  it("is replaced when it is killed in the middle of a query: that one is told, the next is unharmed", async () => {
    const { events, rows, executor } = runningExecutor(onTestFinished);
    events.add("process_events", many(1_000));
    await executor.start();
    const before = executor.pid!;
    const bomb = rows(endless);
    const next = rows("SELECT 5 AS a");
    for (const pid of familyOf(before).reverse()) process.kill(pid, "SIGKILL");
    await expect(bomb).rejects.toMatchObject({ code: "crashed" });
    expect(await next).toEqual([[5]]);
    expect(executor.pid).not.toBe(before);
  });

  it("is not said to be there once it is gone, whatever the last one was confined by", async () => {
    const { executor, rows } = runningExecutor(onTestFinished);
    expect(executor.absence).toBe("it has not started yet");
    await executor.start();
    expect(executor.absence).toBeUndefined();
    for (const pid of familyOf(executor.pid!).reverse()) process.kill(pid, "SIGKILL");
    await until(() => executor.pid === undefined);
    expect(executor.absence).toMatch(/SIGKILL|137|killed/i);
    expect(await rows("SELECT 5 AS a")).toEqual([[5]]);
    expect(executor.absence).toBeUndefined();
    executor.renew();
    expect(executor.absence).toBe("it is replaced by a fresh one");
  });

  it("runs again what was running when its database is to be opened anew", async () => {
    const { executor, rows } = runningExecutor(onTestFinished);
    await executor.start();
    const before = executor.pid;
    const running = rows("SELECT 6 AS a");
    executor.renew();
    expect(await running).toEqual([[6]]);
    expect(executor.pid).not.toBe(before);
  });

  it("ends when nothing is asked for long enough, and comes back", async () => {
    const { executor, rows } = runningExecutor(onTestFinished, { idleMs: 1 });
    expect(await rows("SELECT 7 AS a")).toEqual([[7]]);
    await until(() => executor.pid === undefined);
    expect(await rows("SELECT 8 AS a")).toEqual([[8]]);
  });

  it.each([
    "answer another's question",
    "answer out of form",
    "answer without end",
    "be ready again",
    "complain without end",
    "end itself",
  ])("is not believed when it does not keep to the protocol: %s", async (attempt) => {
    const { rows } = runningExecutor(onTestFinished, hostile);
    await expect(rows(attempt)).rejects.toMatchObject({ code: "crashed" });
    expect(await rows("SELECT 9 AS a")).toEqual([[9]]);
  });

  it("inherits nothing of the agent's environment", async () => {
    process.env["HOLDFAST_TEST_SECRET"] = "inherited";
    onTestFinished(() => void delete process.env["HOLDFAST_TEST_SECRET"]);
    const { rows } = runningExecutor(onTestFinished, hostile);
    const [[names]] = (await rows("tell its environment")) as [[string]];
    // Node hands the folder of a coverage run to every child, whatever environment that is given.
    const others = ["PWD", "NODE_V8_COVERAGE"];
    expect(names.split(" ").filter((name) => !others.includes(name))).toEqual(["LC_ALL", "TZ"]);
  });

  it("is gone when the executor was closed, and nothing is run any more", async () => {
    const { executor, rows } = runningExecutor(onTestFinished);
    await executor.start();
    const { pid } = executor;
    const waiting = rows("SELECT 1 AS a");
    await Promise.all([
      executor.close(),
      executor.close(),
      expect(waiting).rejects.toMatchObject({ code: "cancelled" }),
    ]);
    expect(isAlive(pid!)).toBe(false);
    await expect(rows("SELECT 1 AS a")).rejects.toMatchObject({ code: "unavailable" });
  });
});

describe("an executor without a database that it can read", () => {
  it("says so, and works once there is one", async () => {
    const events = eventFile(onTestFinished);
    const path = `${events.path}.other`;
    const executor = new Executor({ databasePath: path, tables: ruleTables });
    onTestFinished(() => executor.close());
    await expect(executor.start()).rejects.toMatchObject({ code: "unavailable" });
    const database = new DatabaseSync(path);
    onTestFinished(() => database.close());
    events.database.exec(`VACUUM INTO '${path}.copy'`);
    const copy = new DatabaseSync(`${path}.copy`);
    for (const { sql } of copy.prepare("SELECT sql FROM sqlite_schema").all()) database.exec(String(sql));
    copy.close();
    rmSync(`${path}.copy`);
    await expect(executor.start()).rejects.toThrow(/journal mode delete, not wal/);
    expect(executor.absence).toMatch(/journal mode delete, not wal/);
    database.exec("PRAGMA journal_mode = WAL; INSERT INTO users (seq) VALUES (1)");
    expect((await executor.start()).features).not.toHaveLength(0);
  });
});

it("the codes of an ExecutorError are these", () => {
  expect(executorErrorCodes).toEqual([
    "timeout",
    "memory",
    "refused",
    "sql",
    "cancelled",
    "crashed",
    "too_many_rows",
    "unavailable",
    "busy",
  ]);
});
