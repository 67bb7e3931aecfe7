import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import pg from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import { refusedStart } from "../server.ts";
import type { Run } from "./holdfast.ts";
import {
  answerOf,
  ask,
  command,
  copyOf,
  environment,
  type Environment,
  exitOf,
  FEW,
  hasSchema,
  holdfast,
  install,
  type Installation,
  newDatabase,
  newHome,
  ON_SQLITE,
  runningServer,
  SECRETS,
  toPostgres,
  toSqlite,
} from "./migrate.fixture.ts";

/** Tests run beside each other, and next to whatever else is tested. */
const PATIENCE = 180_000;

let installation: Installation;
let small: Installation;
beforeAll(async () => {
  [installation, small] = await Promise.all([install(SECRETS), install(FEW)]);
});

describe.concurrent("a move that is killed", { timeout: PATIENCE }, () => {
  it("anywhere on its way into PostgreSQL leaves nothing that a server would start on, and goes on when it is run again", async () => {
    const home = copyOf(installation);
    const url = await newDatabase();
    // In the first half, where it surely is not done yet.
    const first = Math.floor(Math.random() * SECRETS);
    await killedOnTheWay(home, url, first);
    const node = await refusedStart(join(home, ".holdfast"), environment(home, { HOLDFAST_STORAGE_URL: url }));
    expect(node.exitCode).toBe(13);
    expect(node.output).toContain("was begun in this database and is not finished");
    const status = await holdfast(home, ["storage", "status"], { HOLDFAST_STORAGE_URL: url });
    expect(status).toMatchObject({ code: 1, out: expect.stringContaining("is not finished") as string });
    expect(await toSqlite(home, url, "--data-dir", "back")).toMatchObject({
      code: 1,
      err: expect.stringContaining("The copy into this database is not finished") as string,
    });

    const second = Math.floor(Math.random() * 2 * SECRETS);
    await killedOnTheWay(home, url, second);
    const { code, out, err } = await toPostgres(home, url, "--json");
    expect({ code, err }, `${first}, then ${second} rows`).toEqual({ code: 0, err: "" });
    expect(answerOf({ code, out, err })).toMatchObject({ ok: true, copied: { entries: SECRETS + 5 } });
    expect((await runningServer(home, { HOLDFAST_STORAGE_URL: url })).output()).toContain("ready at");
  });

  it("anywhere on its way into a folder does the same", async () => {
    const home = copyOf(installation);
    const url = await newDatabase();
    expect((await toPostgres(home, url)).code).toBe(0);
    // What is copied is not yet verified: it has no name of its own before.
    const bytes = Math.floor(Math.random() * 0.8 * statSync(join(home, ".holdfast/holdfast.db")).size);
    const copy = await killedOnTheWayBack(home, url, bytes);
    const rootKey = { HOLDFAST_ROOT_KEY_FILE: join(home, ".holdfast", "root.key") };
    const single = await refusedStart(join(home, "back"), environment(home, { ...ON_SQLITE, ...rootKey }));
    expect(single.exitCode, `${bytes} bytes`).toBe(11);
    expect(single.output).toContain("holdfast.db.copy is a copy that is not finished");
    expect(existsSync(join(home, "back", "holdfast.db"))).toBe(false);
    const again = await toSqlite(home, url, "--data-dir", "back", "--json");
    expect(answerOf(again), `${bytes} bytes`).toMatchObject({ ok: true, copied: { entries: SECRETS + 5 } });
    expect(existsSync(copy)).toBe(false);
  });

  it("or met by another of the same installation leaves one ledger, whole", async () => {
    const url = await newDatabase();
    const homes = [copyOf(installation), copyOf(installation)];
    const codes = await Promise.all(
      homes.map((home) => exitOf(command(home, ["migrate", "sqlite-to-postgres"], { HOLDFAST_STORAGE_URL: url }))),
    );
    expect(codes.filter((code) => code !== 0 && code !== 5)).toEqual([]);
    const last = await toPostgres(homes[0]!, url, "--json");
    expect(answerOf(last)).toMatchObject({ ok: true, copied: { entries: SECRETS + 5 } });
  });
});

/** Kills a move into this database once so many entries and versions are there. */
async function killedOnTheWay(home: string, url: string, rows: number): Promise<void> {
  const database = new pg.Client(url);
  await database.connect();
  const isReached = async () => (await copiedRows(database)) >= rows;
  await killedWhen(home, ["migrate", "sqlite-to-postgres"], { HOLDFAST_STORAGE_URL: url }, isReached);
  await database.end();
}

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
async function copiedRows(database: pg.Client): Promise<number> {
  const counts = "SELECT (SELECT count(*) FROM holdfast.entries) + (SELECT count(*) FROM holdfast.versions) AS rows";
  const begun = "SELECT FROM holdfast.leases WHERE name = 'copy'";
  const isBegun = await database.query(begun).then(
    ({ rows }) => rows.length > 0,
    () => false,
  );
  return isBegun ? Number((await database.query<{ readonly rows: string }>(counts)).rows[0]?.rows) : -1;
}

/** Starts the command and kills it at the moment; or it ends by itself, when it was quicker. */
async function killedWhen(
  home: string,
  words: readonly string[],
  env: Environment,
  isNow: () => Promise<boolean>,
): Promise<void> {
  const child = command(home, words, env);
  let isRunning = true;
  const ended = exitOf(child).then(() => (isRunning = false));
  while (isRunning && !(await isNow())) await new Promise((resolve) => setTimeout(resolve, 1));
  child.kill("SIGKILL");
  await ended;
}

describe.concurrent("a move is refused, and nothing is written,", { timeout: PATIENCE }, () => {
  it("when the source does not hold", async () => {
    const home = copyOf(small);
    const url = await newDatabase();
    const database = new DatabaseSync(join(home, ".holdfast", "holdfast.db"));
    database.exec(
      `UPDATE entries SET bytes = CAST(replace(CAST(bytes AS TEXT), '"ok"', '"denied"') AS BLOB) WHERE seq = 5`,
    );
    database.close();
    const { code, out } = await toPostgres(home, url);
    expect(code).toBe(1);
    expect(out).toMatch(/^bad {2}entry 5: /);
    expect(out).toContain("nothing was written");
    expect(await hasSchema(url)).toBe(false);
  });

  it("when a row of the source is not what the ledger says", async () => {
    const home = copyOf(small);
    const url = await newDatabase();
    const database = new DatabaseSync(join(home, ".holdfast", "holdfast.db"));
    database.exec("UPDATE tenants SET name = 'renamed' WHERE name = 'other'");
    database.close();
    const { code, out } = await toPostgres(home, url);
    expect(code).toBe(1);
    expect(out).toMatch(/\nbad {2}tenants /);
    expect(await hasSchema(url)).toBe(false);
  });

  it("when the database holds another ledger, or rows of no ledger", async () => {
    const home = copyOf(small);
    const [foreign, littered] = [await newDatabase(), await newDatabase()];
    const other = newHome();
    await (await runningServer(other, { HOLDFAST_STORAGE_URL: foreign })).stop();
    const [head] = await ask(foreign, "SELECT * FROM holdfast.head");
    expect(await toPostgres(home, foreign)).toMatchObject({
      code: 5,
      err: expect.stringContaining("The database holds another ledger") as string,
    });
    expect(await ask(foreign, "SELECT * FROM holdfast.head")).toEqual([head]);
    expect((await holdfast(home, ["storage", "migrate"], { HOLDFAST_STORAGE_URL: littered })).code).toBe(0);
    await ask(littered, "INSERT INTO holdfast.checkpoints VALUES (7, 'none of ours')");
    expect(await toPostgres(home, littered)).toMatchObject({
      code: 5,
      err: expect.stringContaining("DROP SCHEMA holdfast CASCADE") as string,
    });
  });

  it("when the source, the database or the root key is not there", async () => {
    const home = copyOf(small);
    const url = await newDatabase();
    const said = (result: Run) => `${result.code} ${result.err}`;
    expect(said(await toPostgres(home, ""))).toMatch(/^2 .*No setting says which PostgreSQL/);
    expect(said(await toPostgres(home, url, "--data-dir", "none"))).toMatch(/^1 .*There is no ledger in/);
    expect(said(await toSqlite(home, url, "--data-dir", "back"))).toMatch(/^1 .*There is no ledger in this database/);
    expect(said(await toSqlite(home, url))).toMatch(/^2 .*--data-dir is missing/);
    const closed = new URL(url);
    closed.port = "1";
    expect(said(await toPostgres(home, closed.href))).toMatch(/^6 .*No connection to/);
    closed.port = new URL(url).port;
    closed.password = "wrong";
    expect(said(await toPostgres(home, closed.href))).toMatch(/^6 .*password authentication failed/);
    writeFileSync(join(home, ".holdfast", "root.key"), `${"0".repeat(64)}\n`);
    expect(said(await toPostgres(home, url))).toMatch(/^1 .*The root key does not open this database/);
    expect(await hasSchema(url)).toBe(false);
    expect(existsSync(join(home, "back"))).toBe(false);
  });

  it("when a password stands on the command line", async () => {
    const home = copyOf(small);
    for (const url of ["postgres://user:secret@host/db", "postgres://user@host/db?password=secret"]) {
      const { code, err } = await holdfast(home, ["migrate", "sqlite-to-postgres", "--storage-url", url]);
      expect(code).toBe(2);
      expect(err).toContain("HOLDFAST_STORAGE_PASSWORD_FILE");
      expect(err).not.toContain("secret");
    }
    const { password, ...place } = partsOf(await newDatabase());
    writeFileSync(join(home, "password"), password, { mode: 0o600 });
    const env = { HOLDFAST_STORAGE_PASSWORD_FILE: join(home, "password") };
    const url = `postgres://${place.username}@${place.host}/${place.database}`;
    expect(await holdfast(home, ["storage", "status", "--storage-url", url], env)).toMatchObject({ code: 0, err: "" });
  });
});

const partsOf = (url: string) => {
  const { username, password, host, pathname } = new URL(url);
  return { username, password, host, database: pathname.slice(1) };
};
