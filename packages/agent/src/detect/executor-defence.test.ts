import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished, type TestContext } from "vitest";
import type { FeatureName } from "../sandbox/index.ts";
import { systemCallNumber } from "../sandbox/system-calls.ts";
import { ExecutorError } from "./errors.ts";
import type { Executor } from "./executor.ts";
import { everything } from "./bounds.fixture.ts";
import { hostile, type Running, runningExecutor, sharedExecutor } from "./executor.fixture.ts";
import type { ExecutorOptions } from "./executor-options.ts";

/** ATTACKS 36, as SQLite would get them if no admission stood before it. */
const hostileSql: readonly (readonly [sql: string, denied: string])[] = [
  ["INSERT INTO users (uid) VALUES (1)", "insert"],
  ["INSERT INTO users (uid) VALUES (1) RETURNING uid", "insert"],
  ["UPDATE main.users SET uid = 0", "update"],
  ["DELETE FROM main.process_events", "delete"],
  ["REPLACE INTO main.users (uid) VALUES (1) RETURNING uid", "insert"],
  ["CREATE TABLE t (a)", "insert"],
  ["CREATE TEMP TABLE t (a)", "insert"],
  ["CREATE TEMP VIEW v AS SELECT 1", "insert"],
  ["CREATE TEMP TRIGGER t AFTER INSERT ON main.users BEGIN SELECT 1; END", "create temp trigger"],
  ["DROP VIEW temp.users", "delete"],
  ["ALTER TABLE main.users ADD COLUMN more", "alter table"],
  ["CREATE INDEX main.i ON users (uid)", "insert"],
  ["REINDEX", "reindex"],
  ["ANALYZE", "insert"],
  ["ATTACH ':memory:' AS other", "attach"],
  ["ATTACH '/etc/passwd' AS other", "attach"],
  ["DETACH main", "detach"],
  ["VACUUM", "no query"],
  ["VACUUM INTO '/tmp/holdfast-stolen'", "no query"],
  ["PRAGMA query_only = OFF", "pragma"],
  ["PRAGMA writable_schema = ON", "pragma"],
  ["PRAGMA table_info(users)", "pragma"],
  ["SELECT name FROM pragma_table_info('users')", "pragma"],
  ["SELECT 1 FROM pragma_database_list", "reading pragma_database_list"],
  ["BEGIN", "transaction"],
  ["SAVEPOINT s", "savepoint"],
  ["SELECT name FROM sqlite_schema", "reading sqlite_master.name"],
  ["SELECT 1 FROM sqlite_temp_schema", "reading sqlite_temp_schema"],
  ["SELECT value FROM json_each('[1]')", "reading json_each.value"],
  ["SELECT 1 FROM json_tree('[1]')", "reading json_tree"],
  ["SELECT 1 FROM dbstat", "reading dbstat"],
  ["SELECT randomblob(1000000000) AS a", "function randomblob"],
  ["SELECT zeroblob(1000000000) AS a", "function zeroblob"],
  ["SELECT printf('%1000000d', 1) AS a", "function printf"],
  ["SELECT load_extension('/tmp/x.so') AS a", "function load_extension"],
  ["SELECT readfile('/etc/passwd') AS a", "no such function: readfile"],
  ["SELECT fts3_tokenizer('simple') AS a", "function fts3_tokenizer"],
  ["SELECT sqlite_version() AS a", "function sqlite_version"],
  ["SELECT group_concat(path) AS a FROM process_events", "function group_concat"],
  ["SELECT hex(path) AS a FROM process_events", "function hex"],
  ["WITH RECURSIVE r AS (SELECT 1 AS a UNION ALL SELECT a FROM r) SELECT a FROM r", "recursive"],
  ["WITH r AS (SELECT 1 AS a UNION ALL SELECT a FROM r) SELECT a FROM r", "recursive"],
  ["SELECT path FROM secret", "reading secret.path"],
  ["SELECT s.rowid AS a FROM main.users s", "reading users.ROWID"],
];

describe("with admission off, SQLite's authorizer", () => {
  const { events, executor, rows } = sharedExecutor();
  beforeAll(() => events.database.exec("CREATE TABLE secret (path TEXT)"));

  it.each(hostileSql)("refuses %s", async (sql, denied) => {
    const message = expect.stringContaining(denied) as string;
    await expect(rows(sql)).rejects.toMatchObject({ code: denied.startsWith("no such") ? "sql" : "refused", message });
  });

  it("allows what rules are made of", async () => {
    events.add("process_events", [{ pid: 1, path: "/tmp/x", uid: 1 }]);
    events.add("users", [{ uid: 1, username: "eve" }]);
    const sql = `WITH recent AS (SELECT e.uid AS uid, e.path AS path FROM process_events e WHERE e.path GLOB '/tmp/*')
      SELECT u.username AS name, count(*) AS n, max(length(r.path)) AS longest FROM recent r
      LEFT JOIN (SELECT uid, username FROM users) u ON u.uid = r.uid WHERE upper(r.path) LIKE '%X%' GROUP BY u.username
      HAVING count(*) > 0 ORDER BY n LIMIT 5`;
    expect(await rows(sql)).toEqual([["eve", 1, 6]]);
  });

  it("sees every table that a statement reads, whatever its own tables are called", async () => {
    const bounds = { users: everything["users"]! };
    for (const sql of [
      "WITH users AS (SELECT pid AS uid FROM main.processes) SELECT uid FROM users",
      "SELECT uid FROM users WHERE uid IN (SELECT pid FROM processes)",
      "SELECT (SELECT max(pid) FROM processes) AS a FROM users",
      "SELECT count(*) AS n FROM processes AS users",
    ]) {
      const refusal = { code: "refused", message: "No bounds were given for processes." };
      await expect(executor.run({ sql, parameters: [], bounds })).rejects.toMatchObject(refusal);
    }
  });
});

/** Behind the authorizer: what only SQLite's other lines, and then only the sandbox, still refuse. */
const writing: readonly string[] = [
  "INSERT INTO main.users (uid) VALUES (1) RETURNING uid",
  "DELETE FROM main.process_events",
  "UPDATE sqlite_schema SET sql = 'x'",
  "VACUUM INTO '%'",
  "ATTACH '%' AS other",
  "CREATE TABLE main.t (a)",
];

async function tryToWrite({ events, rows }: Running): Promise<void> {
  events.add("process_events", [{ pid: 1 }, { pid: 2 }]);
  const planted = join(dirname(events.path), "planted.db");
  for (const sql of ["PRAGMA query_only = OFF", "PRAGMA writable_schema = ON", ...writing]) {
    await rows(sql.replace("%", planted)).catch(() => {});
  }
  await expect(rows(writing[0]!)).rejects.toBeInstanceOf(ExecutorError);
  expect(existsSync(planted)).toBe(false);
  expect(events.database.prepare("SELECT count(*) AS n FROM process_events").get()).toEqual({ n: 2 });
  expect(events.database.prepare("SELECT count(*) AS n FROM users").get()).toEqual({ n: 0 });
  expect(events.database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
}

const sqliteLines = ["authorizer", "read_only", "query_only", "defensive"];

describe("with the authorizer off", () => {
  it.each(["read_only", "query_only"])("%s alone refuses every write", async (line) => {
    const others = sqliteLines.filter((one) => one !== line);
    const running = runningExecutor(onTestFinished, {
      without: [...others, "landlock", "seccomp"],
      namespacePrograms: [],
    });
    running.events.add("process_events", [{ pid: 1 }]);
    await expect(running.rows(writing[0]!)).rejects.toMatchObject({ code: "refused", message: /readonly/ });
    await expect(running.rows(writing[1]!)).rejects.toMatchObject({ code: "refused", message: /readonly/ });
    expect(await running.rows("SELECT count(*) AS n FROM process_events")).toEqual([[1]]);
  });

  it("SQLite's other lines refuse every write", async () => {
    const off = { without: ["authorizer", "landlock", "seccomp"], namespacePrograms: [] };
    await tryToWrite(runningExecutor(onTestFinished, off));
  });
});

describe("with all of SQLite's lines off", () => {
  const refusesWrites = async (context: TestContext, needed: FeatureName, off: readonly FeatureName[]) => {
    const running = sandboxWithout(off, { without: [...sqliteLines, ...off] });
    await needs(context, running.executor, needed);
    await tryToWrite(running);
  };

  it("the whole sandbox refuses every write", (context) => refusesWrites(context, "seccomp", []));

  it("Landlock alone refuses every write", (context) => refusesWrites(context, "landlock", ["seccomp", "namespaces"]));

  it("the filter alone refuses every write", (context) =>
    refusesWrites(context, "seccomp", ["landlock", "namespaces"]));
});

function sandboxWithout(off: readonly FeatureName[], over: Partial<ExecutorOptions> = {}): Running {
  const namespaces = off.includes("namespaces") ? { namespacePrograms: [] } : {};
  return runningExecutor(onTestFinished, { ...hostile, without: off, ...namespaces, ...over });
}

/** Skips, with the reason, what this host cannot have. */
async function needs(context: TestContext, executor: Executor, ...names: readonly FeatureName[]): Promise<void> {
  const { features } = await executor.start();
  const missing = features.filter(({ name, state }) => names.includes(name) && state === "unavailable");
  if (missing.length > 0) context.skip(missing.map(({ name, detail }) => `${name}: ${detail}`).join("; "));
}

async function outcomeOf({ rows }: Running, attempt: string, argument: string | number = ""): Promise<string> {
  try {
    return String((await rows(attempt, [argument], { timeoutMs: 10_000 }))[0]![0]);
  } catch (error) {
    return error instanceof ExecutorError ? `${error.code}: ${error.message}` : String(error);
  }
}

describe("a process that a query has taken over", () => {
  it("reaches nothing, is stopped and reported for what it never does by itself, and the next rule is unharmed", async (context) => {
    const running = sandboxWithout([]);
    await needs(context, running.executor, "seccomp", "landlock");
    const folder = dirname(running.events.path);
    const attempts: readonly (readonly [string, string | number, RegExp])[] = [
      ["read a file", "/etc/passwd", /: sql: EPERM/],
      ["read a file", running.events.path, /: sql: EPERM/],
      ["write a file", join(folder, "planted"), /: sql: EPERM/],
      ["write a file", "/proc/self/oom_score_adj", /: sql: EPERM/],
      ["make a folder", join(folder, "planted"), /: sql: EPERM/],
      ["write to its database", "", /: nothing$/],
      ["connect", 1, filtered],
      ["spawn", "/bin/true", /EPERM/],
      ["fork", "", filtered],
      ["execute", "/bin/true", filtered],
      ["trace", "", filtered],
      ["read another's memory", "", filtered],
      ["signal", process.pid, filtered],
      ["make code of memory", "", /: error 1$/],
      ["raise its memory", "", /: error 1$/],
      ...callsByNumber(),
    ];
    for (const [attempt, argument, expected] of attempts) {
      expect(`${attempt} ${argument}: ${await outcomeOf(running, attempt, argument)}`).toMatch(expected);
      expect(await running.rows("SELECT 1 AS a")).toEqual([[1]]);
    }
    expect(existsSync(join(folder, "planted"))).toBe(false);
  }, 60_000);

  it("with the filter off, Landlock and limits still keep it from files, network, processes and signals", async (context) => {
    const running = sandboxWithout(["seccomp", "namespaces"]);
    await needs(context, running.executor, "landlock", "limits");
    const folder = dirname(running.events.path);
    expect(await outcomeOf(running, "read a file", "/etc/passwd")).toMatch(/^sql: EACCES/);
    expect(await outcomeOf(running, "write a file", join(folder, "planted"))).toMatch(/^sql: EACCES/);
    expect(await outcomeOf(running, "write to its database")).toBe("nothing");
    expect(await outcomeOf(running, "connect", await listeningPort())).toMatch(/^error (13|1)$/);
    expect(await outcomeOf(running, "fork")).toBe("error 11");
    expect(await outcomeOf(running, "execute", "/bin/true")).toBe("error 13");
    expect(await outcomeOf(running, "signal", process.pid)).toMatch(/^error (1|3)$/);
    expect(await outcomeOf(running, "raise its memory")).toBe("error 1");
  });

  it("with the filter and Landlock off, it is still in namespaces of its own, and limited", async (context) => {
    const running = sandboxWithout(["seccomp", "landlock"]);
    await needs(context, running.executor, "namespaces");
    expect(await outcomeOf(running, "connect", await listeningPort())).toMatch(/^error (101|111)$/);
    expect(await outcomeOf(running, "open files", 100)).toMatch(/EMFILE/);
    expect(await outcomeOf(running, "fork")).toBe("error 11");
  });

  it("with all of these off, it is still another user (needs root)", async (context) => {
    const running = sandboxWithout(["seccomp", "landlock", "namespaces", "limits"]);
    await needs(context, running.executor, "own_user");
    const folder = dirname(running.events.path);
    expect(await outcomeOf(running, "say who it is")).toBe("65534 65534 65534");
    expect(await outcomeOf(running, "write a file", join(folder, "planted"))).toMatch(/EACCES/);
    expect(await outcomeOf(running, "read a file", "/etc/shadow")).toMatch(/EACCES/);
    expect(await outcomeOf(running, "signal", process.pid)).toBe("error 1");
    expect(await outcomeOf(running, "connect", await listeningPort())).toBe("done");
  });

  it("cannot mislead the writer through the index that they share, even as the same user", async () => {
    const running = sandboxWithout(["seccomp", "landlock", "namespaces", "own_user"]);
    await running.executor.start();
    const maps = readFileSync(`/proc/${running.executor.pid}/maps`, "utf8");
    const shared = maps.split("\n").filter((line) => line.endsWith("events.db-shm"));
    expect(shared.length).toBeGreaterThan(0);
    for (const line of shared) expect(line.split(" ")[1]).toBe("r--s");
  });
});

const filtered = /: crashed: .*system call filter/;

/** By number, because the C library has no function, or a friendlier one, for them. */
function callsByNumber(): (readonly [string, number, RegExp])[] {
  const names = [
    "io_uring_setup",
    "io_uring_enter",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "keyctl",
    "pidfd_getfd",
    "mount",
  ] as const;
  const architecture = process.arch === "arm64" ? "arm64" : "x64";
  return names.map((name) => ["call by number", systemCallNumber(name, architecture)!, filtered] as const);
}

async function listeningPort(): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return (server.address() as { port: number }).port;
}

it("the sandbox is the same for a data folder inside a project, as that of a development server", async () => {
  const [elsewhere, inside] = [runningExecutor(onTestFinished), runningExecutor(onTestFinished)];
  writeFileSync(join(dirname(inside.events.path), "package.json"), "{}");
  for (const { rows } of [elsewhere, inside]) await rows("SELECT 1 AS a");
  expect(inside.executor.report).toEqual(elsewhere.executor.report);
});

describe("a sandbox that is weaker than what is asked for", () => {
  it("is an alarm, and statements run all the same", async () => {
    const alarms: string[] = [];
    const { executor, rows } = runningExecutor(onTestFinished, {
      without: ["landlock"],
      sandbox: { minimum: "full", isRequired: false },
      events: { alarm: (message) => alarms.push(message) },
    });
    expect(await rows("SELECT 1 AS a")).toEqual([[1]]);
    expect(alarms).toEqual([`The sandbox of the executor is ${executor.report!.level}; full is asked for.`]);
  });

  it("runs nothing when it is required, until that was changed", async () => {
    const alarms: string[] = [];
    const { rows } = runningExecutor(onTestFinished, {
      without: ["landlock", "seccomp"],
      sandbox: { minimum: "partial", isRequired: true },
      events: { alarm: (message) => alarms.push(message) },
    });
    const refused = { code: "unavailable", message: "The sandbox of the executor is none; partial is asked for." };
    await expect(rows("SELECT 1 AS a")).rejects.toMatchObject(refused);
    await expect(rows("SELECT 1 AS a")).rejects.toMatchObject(refused);
    expect(alarms).toHaveLength(1);
  });
});
