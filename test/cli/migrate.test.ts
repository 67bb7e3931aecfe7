import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { createClient } from "@holdfast/client";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createDatabase, superuserUrl } from "../postgres.ts";
import { refusedStart, startServer, type TestServer } from "../server.ts";
import { type Run, run } from "./holdfast.ts";

const FROM_SOURCES = fileURLToPath(new URL("../../packages/cli/bin/from-sources.mjs", import.meta.url));
const SECRETS = 1_500;
/** Whatever the rest of this run is on. */
const ON_SQLITE = { HOLDFAST_STORAGE_URL: "" };

type Environment = Readonly<Record<string, string>>;

const homes: string[] = [];
afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), "holdfast-move-"));
  homes.push(home);
  return home;
}

/** An installation whose server is stopped, and what is known of it. */
let installed: string;
let token: string;

beforeAll(async () => {
  installed = newHome();
  const server = await startServer({ dataDir: join(installed, ".holdfast"), env: ON_SQLITE });
  const client = createClient({ socketPath: server.socketPath, retries: 3 });
  await client.tenants.create({ name: "other" });
  await client.secrets.put("applications/shop/config/db-password", { value: "theirs" }, { tenant: "other" });
  ({ token } = await client.tokens.create({ roles: ["reader"] }));
  await inTurns(SECRETS, (count) => client.secrets.put(`applications/a${count}/config/key`, { value: count }));
  await client.secrets.put("applications/shop/config/db-password", { value: "ours" });
  client.close();
  await server.stop();
});

async function inTurns(count: number, work: (count: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: 64 }, worker));
}

/** A copy of the installation, in a home of its own. */
function copyOfInstallation(): string {
  const home = newHome();
  for (const name of [".holdfast", ".holdfast-checkpoints"]) {
    cpSync(join(installed, name), join(home, name), { recursive: true });
  }
  chmodSync(join(home, ".holdfast"), 0o700);
  return home;
}

async function newDatabase(): Promise<string> {
  const { url, drop } = await createDatabase();
  onTestFinished(drop);
  return url;
}

/** The command in this home, with what a server there would be told. */
function holdfast(home: string, words: readonly string[], env: Environment = {}): Run {
  const { stdout, stderr, status } = run(words, { cwd: home, env: environment(home, env) });
  return { out: stdout.toString(), err: stderr.toString(), code: status };
}

const environment = (home: string, env: Environment): Environment => ({
  HOLDFAST_CHECKPOINT_DIR: join(home, ".holdfast-checkpoints"),
  ...env,
});

const toPostgres = (home: string, url: string, ...words: string[]): Run =>
  holdfast(home, ["migrate", "sqlite-to-postgres", ...words], { HOLDFAST_STORAGE_URL: url });

const toSqlite = (home: string, url: string, ...words: string[]): Run =>
  holdfast(home, ["migrate", "postgres-to-sqlite", ...words], {
    HOLDFAST_STORAGE_URL: url,
    HOLDFAST_ROOT_KEY_FILE: join(home, ".holdfast", "root.key"),
  });

async function runningServer(home: string, env: Environment, folder = ".holdfast"): Promise<TestServer> {
  const server = await startServer({ dataDir: join(home, folder), env: environment(home, env) });
  onTestFinished(() => server.kill());
  return server;
}

async function ask(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const hasSchema = async (url: string): Promise<boolean> =>
  (await ask(url, "SELECT to_regclass('holdfast.head') IS NOT NULL AS found"))[0]?.["found"] === true;

const digestOf = (home: string): string =>
  createHash("sha256")
    .update(readFileSync(join(home, ".holdfast", "holdfast.db")))
    .digest("hex");

interface Answer {
  readonly ok: boolean;
  readonly size: number;
  readonly root: string;
  readonly found: string;
  readonly copied: { readonly entries: number };
}

const answerOf = ({ out, err }: Run): Answer => JSON.parse(out || JSON.stringify({ err })) as Answer;

describe("an installation", () => {
  it("moves into PostgreSQL by one command, goes on there, and moves back with what came on top", async () => {
    const home = copyOfInstallation();
    const url = await newDatabase();
    const before = digestOf(home);

    const there = toPostgres(home, url);
    expect(there).toMatchObject({ code: 0, err: "" });
    expect(there.out).toMatch(/^ok {2}source {2}\d+ entries and \d+ rows verified in/);
    expect(there.out).toMatch(/\nok {2}copied {2}\d+ entries, \d+ rows, \d+ tiles, \d+ checkpoints?\n/);
    expect(there.out).toMatch(/\nok {2}target .* the same head\n/);
    expect(there.out).toContain(join(home, ".holdfast", "root.key"));
    expect(there.out).not.toContain(new URL(url).password);
    expect(digestOf(home)).toBe(before);

    const again = toPostgres(home, url, "--json");
    expect(answerOf(again)).toMatchObject({ ok: true, found: "copied" });
    const { size, root } = answerOf(again);

    const node = await runningServer(home, { HOLDFAST_STORAGE_URL: url });
    const own = createClient({ socketPath: node.socketPath });
    expect((await own.secrets.read("applications/shop/config/db-password")).value).toBe("ours");
    expect((await own.secrets.read("applications/shop/config/db-password", { tenant: "other" })).value).toBe("theirs");
    const bearer = createClient({ address: node.address, token, ca: readFileSync(node.caPath, "utf8") });
    expect((await bearer.secrets.read("applications/a7/config/key")).value).toBe(7);
    await own.secrets.put("applications/shop/config/new", { value: "written there" });
    bearer.close();
    own.close();

    const inUse = toSqlite(home, url, "--data-dir", "back");
    expect(inUse).toMatchObject({ code: 5, err: expect.stringContaining("A node runs on this database") as string });
    expect(existsSync(join(home, "back"))).toBe(false);
    await node.stop();

    const verified = holdfast(home, ["audit", "verify", "--state", "--json"], { HOLDFAST_STORAGE_URL: url });
    expect(answerOf(verified)).toMatchObject({ ok: true, state: { ok: true } });
    expect(answerOf(verified).size).toBeGreaterThan(size);

    const back = toSqlite(home, url, "--data-dir", "back", "--json");
    expect(back.code).toBe(0);
    expect(answerOf(back)).toMatchObject({ ok: true, found: "empty", root: answerOf(verified).root });
    expect(root).not.toBe(answerOf(back).root);
    const rootKey = { HOLDFAST_ROOT_KEY_FILE: join(home, ".holdfast", "root.key") };
    const folder = holdfast(home, ["audit", "verify", "--state", "--data-dir", "back", "--json"], rootKey);
    expect(answerOf(folder)).toMatchObject({ ok: true, root: answerOf(verified).root });

    const single = await runningServer(home, { ...ON_SQLITE, ...rootKey }, "back");
    const client = createClient({ socketPath: single.socketPath });
    expect((await client.secrets.read("applications/shop/config/new")).value).toBe("written there");
    expect((await client.secrets.read("applications/shop/config/db-password", { tenant: "other" })).value).toBe(
      "theirs",
    );
    client.close();
    expect(await single.stop()).toBe(0);
  }, 180_000);

  it("is found in the database without a server, and its node needs a role that owns nothing", async () => {
    const home = copyOfInstallation();
    const url = await newDatabase();
    const settings = { HOLDFAST_STORAGE_URL: url };
    const empty = holdfast(home, ["storage", "status"], settings);
    expect(empty).toMatchObject({ code: 0, err: "" });
    expect(empty.out).toContain("none yet; holdfast storage migrate makes them");
    expect(holdfast(home, ["storage", "grant", "--role", "nobody"], settings)).toMatchObject({
      code: 1,
      err: expect.stringContaining("The database has no tables yet.") as string,
    });
    expect(holdfast(home, ["storage", "migrate"], settings).out).toMatch(/has version \d+ now, it had none\n$/);
    expect(holdfast(home, ["storage", "migrate"], settings).out).toMatch(/is up to date: version \d+\n$/);
    expect(toPostgres(home, url).code).toBe(0);

    const role = `${new URL(url).username}_node`;
    expect(holdfast(home, ["storage", "grant", "--role", role], settings)).toMatchObject({
      code: 1,
      err: expect.stringContaining(`has no role ${role}`) as string,
    });
    const node = await nodeOf(url, role);
    expect(holdfast(home, ["storage", "grant", "--role", role], settings)).toMatchObject({ code: 0, err: "" });

    const server = await runningServer(home, { HOLDFAST_STORAGE_URL: node });
    const client = createClient({ socketPath: server.socketPath });
    await client.secrets.put("applications/shop/config/by-node", { value: 1 });
    client.close();
    const status = JSON.parse(
      holdfast(home, ["storage", "status", "--json"], { HOLDFAST_STORAGE_URL: node }).out,
    ) as Record<string, unknown>;
    expect(status).toMatchObject({
      role,
      isOwner: false,
      synchronousCommit: "on",
      problems: [],
      leases: [{ name: "duties", isHeld: true }],
      nodes: [{ node: expect.any(String) as string, wroteAt: expect.any(String) as string }],
    });
    await server.stop();
    expect(holdfast(home, ["storage", "migrate"], { HOLDFAST_STORAGE_URL: node }).code).toBe(0);
    expect(holdfast(home, ["storage", "grant", "--role", role], { HOLDFAST_STORAGE_URL: node })).toMatchObject({
      code: 4,
      err: expect.stringContaining("Connect as the role that owns the tables") as string,
    });
  }, 120_000);
});

/** A role that owns nothing in this database, and the URL by which it comes in. */
async function nodeOf(url: string, role: string): Promise<string> {
  const place = new URL(superuserUrl());
  place.pathname = new URL(url).pathname;
  await ask(place.href, `CREATE ROLE ${role} LOGIN PASSWORD 'of-a-node'`);
  onTestFinished(async () => {
    await ask(place.href, `DROP OWNED BY ${role}`);
    await ask(place.href, `DROP ROLE ${role}`);
  });
  const node = new URL(url);
  node.username = role;
  node.password = "of-a-node";
  return node.href;
}

describe("a move that is killed", () => {
  it.each([1, 2, 3])(
    "anywhere on its way into PostgreSQL, goes on when it is run again (%i)",
    async () => {
      const home = copyOfInstallation();
      const url = await newDatabase();
      const rows = Math.floor(Math.random() * 2 * SECRETS);
      const isReached = async () => (await copiedRows(url)) >= rows;
      await killedWhen(home, ["migrate", "sqlite-to-postgres"], { HOLDFAST_STORAGE_URL: url }, isReached);
      const { code, out, err } = toPostgres(home, url, "--json");
      expect({ code, err }, `${rows} rows`).toEqual({ code: 0, err: "" });
      expect(answerOf({ code, out, err })).toMatchObject({ ok: true, copied: { entries: SECRETS + 5 } });
      expect((await runningServer(home, { HOLDFAST_STORAGE_URL: url })).output()).toContain("ready at");
    },
    120_000,
  );

  it.each([1, 2])(
    "anywhere on its way into a folder, goes on when it is run again (%i)",
    async () => {
      const home = copyOfInstallation();
      const url = await newDatabase();
      expect(toPostgres(home, url).code).toBe(0);
      const bytes = Math.floor(Math.random() * statSync(join(home, ".holdfast/holdfast.db")).size);
      const copy = await killedOnTheWayBack(home, url, bytes);
      const again = toSqlite(home, url, "--data-dir", "back", "--json");
      expect(answerOf(again), `${bytes} bytes`).toMatchObject({ ok: true, copied: { entries: SECRETS + 5 } });
      expect(existsSync(copy)).toBe(false);
    },
    120_000,
  );

  it("or met by another of the same installation leaves one ledger, whole", async () => {
    const url = await newDatabase();
    const homes = [copyOfInstallation(), copyOfInstallation()];
    const codes = await Promise.all(homes.map((home) => started(home, ["migrate", "sqlite-to-postgres"], url)));
    expect(codes.filter((code) => code !== 0 && code !== 5)).toEqual([]);
    const last = toPostgres(homes[0]!, url, "--json");
    expect(answerOf(last)).toMatchObject({ ok: true, copied: { entries: SECRETS + 5 } });
  }, 120_000);

  it("leaves nothing that a server would start on", async () => {
    const home = copyOfInstallation();
    const [url, other] = [await newDatabase(), await newDatabase()];
    const isBegun = async () => (await copiedRows(url)) >= 0;
    await killedWhen(home, ["migrate", "sqlite-to-postgres"], { HOLDFAST_STORAGE_URL: url }, isBegun);
    const node = await refusedStart(join(home, ".holdfast"), environment(home, { HOLDFAST_STORAGE_URL: url }));
    expect(node.exitCode).toBe(13);
    expect(node.output).toContain("was begun in this database and is not finished");
    const status = holdfast(home, ["storage", "status"], { HOLDFAST_STORAGE_URL: url });
    expect(status).toMatchObject({ code: 1, out: expect.stringContaining("is not finished") as string });
    expect(toSqlite(home, url, "--data-dir", "back")).toMatchObject({
      code: 1,
      err: expect.stringContaining("The copy into this database is not finished") as string,
    });

    expect(toPostgres(home, other).code).toBe(0);
    await killedOnTheWayBack(home, other, 0);
    const rootKey = { HOLDFAST_ROOT_KEY_FILE: join(home, ".holdfast", "root.key") };
    const single = await refusedStart(join(home, "back"), environment(home, { ...ON_SQLITE, ...rootKey }));
    expect(single.exitCode).toBe(11);
    expect(single.output).toContain("holdfast.db.copy is a copy that is not finished");
    expect(existsSync(join(home, "back", "holdfast.db"))).toBe(false);
  }, 120_000);
});

/** Kills a move into the folder `back` once its copy has so many bytes; gives the copy's name. */
async function killedOnTheWayBack(home: string, url: string, bytes: number): Promise<string> {
  const copy = join(home, "back", "holdfast.db.copy");
  const isReached = () => Promise.resolve(bytesOf(copy) + bytesOf(`${copy}-wal`) >= bytes);
  const env = { HOLDFAST_STORAGE_URL: url, HOLDFAST_ROOT_KEY_FILE: join(home, ".holdfast", "root.key") };
  await killedWhen(home, ["migrate", "postgres-to-sqlite", "--data-dir", "back"], env, isReached);
  return copy;
}

const bytesOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? -1;

/** Of entries and versions; -1 before there is a copy. */
async function copiedRows(url: string): Promise<number> {
  const counts = "SELECT (SELECT count(*) FROM holdfast.entries) + (SELECT count(*) FROM holdfast.versions) AS rows";
  const [begun] = await ask(url, "SELECT 1 AS one FROM holdfast.leases WHERE name = 'copy'").catch(() => []);
  return begun === undefined ? -1 : Number((await ask(url, counts))[0]?.["rows"]);
}

/** The command beside others; gives its exit code. */
async function started(home: string, words: readonly string[], url: string): Promise<number | null> {
  const child = spawn(process.execPath, [FROM_SOURCES, ...words], {
    cwd: home,
    env: { PATH: process.env["PATH"], HOME: home, ...environment(home, { HOLDFAST_STORAGE_URL: url }) },
    stdio: "ignore",
  });
  return new Promise((resolve) => child.once("exit", resolve));
}

/** Starts the command and kills it at the moment; or it ends by itself, when it was quicker. */
async function killedWhen(
  home: string,
  words: readonly string[],
  env: Environment,
  isNow: () => Promise<boolean>,
): Promise<void> {
  const child = spawn(process.execPath, [FROM_SOURCES, ...words], {
    cwd: home,
    env: { PATH: process.env["PATH"], HOME: home, ...environment(home, env) },
    stdio: "ignore",
  });
  let isRunning = true;
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => {
      isRunning = false;
      resolve();
    });
  });
  while (isRunning && !(await isNow())) await new Promise((resolve) => setTimeout(resolve, 1));
  child.kill("SIGKILL");
  await ended;
}

describe("a move is refused, and nothing is written,", () => {
  it("when the source does not hold", async () => {
    const home = copyOfInstallation();
    const url = await newDatabase();
    const database = new DatabaseSync(join(home, ".holdfast", "holdfast.db"));
    database.exec(
      `UPDATE entries SET bytes = CAST(replace(CAST(bytes AS TEXT), '"ok"', '"denied"') AS BLOB) WHERE seq = 5`,
    );
    database.close();
    const { code, out } = toPostgres(home, url);
    expect(code).toBe(1);
    expect(out).toMatch(/^bad {2}entry 5: /);
    expect(out).toContain("nothing was written");
    expect(await hasSchema(url)).toBe(false);
  });

  it("when a row of the source is not what the ledger says", async () => {
    const home = copyOfInstallation();
    const url = await newDatabase();
    const database = new DatabaseSync(join(home, ".holdfast", "holdfast.db"));
    database.exec("UPDATE tenants SET name = 'renamed' WHERE name = 'other'");
    database.close();
    const { code, out } = toPostgres(home, url);
    expect(code).toBe(1);
    expect(out).toMatch(/\nbad {2}tenants /);
    expect(await hasSchema(url)).toBe(false);
  });

  it("when a server runs on the source", async () => {
    const home = copyOfInstallation();
    const url = await newDatabase();
    await runningServer(home, ON_SQLITE);
    expect(toPostgres(home, url)).toMatchObject({
      code: 5,
      out: "",
      err: expect.stringContaining("A server runs on") as string,
    });
    expect(await hasSchema(url)).toBe(false);
  });

  it("when the database holds another ledger, or rows of no ledger", async () => {
    const home = copyOfInstallation();
    const [foreign, littered] = [await newDatabase(), await newDatabase()];
    const other = newHome();
    await (await runningServer(other, { HOLDFAST_STORAGE_URL: foreign })).stop();
    const [head] = await ask(foreign, "SELECT * FROM holdfast.head");
    expect(toPostgres(home, foreign)).toMatchObject({
      code: 5,
      err: expect.stringContaining("The database holds another ledger") as string,
    });
    expect(await ask(foreign, "SELECT * FROM holdfast.head")).toEqual([head]);
    expect(holdfast(home, ["storage", "migrate"], { HOLDFAST_STORAGE_URL: littered }).code).toBe(0);
    await ask(littered, "INSERT INTO holdfast.checkpoints VALUES (7, 'none of ours')");
    expect(toPostgres(home, littered)).toMatchObject({
      code: 5,
      err: expect.stringContaining("DROP SCHEMA holdfast CASCADE") as string,
    });
  });

  it("when the source, the database or the root key is not there", async () => {
    const home = copyOfInstallation();
    const url = await newDatabase();
    const said = (result: Run) => `${result.code} ${result.err}`;
    expect(said(toPostgres(home, ""))).toMatch(/^2 .*No setting says which PostgreSQL/);
    expect(said(toPostgres(home, url, "--data-dir", "none"))).toMatch(/^1 .*There is no ledger in/);
    expect(said(toSqlite(home, url, "--data-dir", "back"))).toMatch(/^1 .*There is no ledger in this database/);
    expect(said(toSqlite(home, url))).toMatch(/^2 .*--data-dir is missing/);
    const closed = new URL(url);
    closed.port = "1";
    expect(said(toPostgres(home, closed.href))).toMatch(/^6 .*No connection to/);
    closed.port = new URL(url).port;
    closed.password = "wrong";
    expect(said(toPostgres(home, closed.href))).toMatch(/^6 .*password authentication failed/);
    writeFileSync(join(home, ".holdfast", "root.key"), `${"0".repeat(64)}\n`);
    expect(said(toPostgres(home, url))).toMatch(/^1 .*The root key does not open this database/);
    expect(await hasSchema(url)).toBe(false);
    expect(existsSync(join(home, "back"))).toBe(false);
  }, 60_000);

  it("when a password stands on the command line", async () => {
    const home = copyOfInstallation();
    for (const url of ["postgres://user:secret@host/db", "postgres://user@host/db?password=secret"]) {
      const { code, err } = holdfast(home, ["migrate", "sqlite-to-postgres", "--storage-url", url]);
      expect(code).toBe(2);
      expect(err).toContain("HOLDFAST_STORAGE_PASSWORD_FILE");
      expect(err).not.toContain("secret");
    }
    const { password, ...place } = partsOf(await newDatabase());
    writeFileSync(join(home, "password"), password, { mode: 0o600 });
    const env = { HOLDFAST_STORAGE_PASSWORD_FILE: join(home, "password") };
    const url = `postgres://${place.username}@${place.host}/${place.database}`;
    expect(holdfast(home, ["storage", "status", "--storage-url", url], env)).toMatchObject({ code: 0, err: "" });
  });
});

const partsOf = (url: string) => {
  const { username, password, host, pathname } = new URL(url);
  return { username, password, host, database: pathname.slice(1) };
};

describe("the commands of storage", () => {
  it("are completed, and explained with examples", () => {
    const home = newHome();
    expect(holdfast(home, ["complete", "--", "migrate", ""]).out).toMatch(
      /sqlite-to-postgres\t[^]*postgres-to-sqlite\t/,
    );
    expect(holdfast(home, ["complete", "--", "storage", ""]).out).toMatch(/status\t[^]*migrate\t[^]*grant\t/);
    expect(holdfast(home, ["complete", "--", "root-key", ""]).out).toMatch(/new\t/);
    for (const words of [
      ["migrate", "sqlite-to-postgres"],
      ["migrate", "postgres-to-sqlite"],
      ["storage", "status"],
      ["storage", "migrate"],
      ["storage", "grant"],
      ["root-key", "new"],
    ]) {
      expect(holdfast(home, [...words, "--help"])).toMatchObject({
        code: 0,
        out: expect.stringContaining("\nExamples:\n") as string,
      });
    }
  }, 60_000);
});
