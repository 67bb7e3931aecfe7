import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { StorageFault } from "@holdfast/engine";
import { selfSigned } from "@holdfast/engine/self-signed.fixture";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Postgres, startPostgres } from "../../../test/postgres/start.ts";
import { startProxy } from "../../../test/proxy.ts";
import { answers, connect, createPool, type Purpose } from "./connect.ts";
import { type AtEnd, connected, emptyDatabase, hasServer } from "./database.fixture.ts";
import { settingsFrom } from "./settings.ts";

afterEach(() => vi.unstubAllEnvs());

/** One of its own, for what no server that was given has to offer: TLS, and a password for everyone. */
const { cert, key } = selfSigned();
let server: Postgres;
beforeAll(async () => {
  if (!hasServer) return;
  const settings = { ssl: "on", ssl_cert_file: "server.crt", ssl_key_file: "server.key" };
  server = await startPostgres({ settings, files: { "server.crt": cert, "server.key": key } });
});
afterAll(() => server?.stop());

function passwordFile(password: string): string {
  const file = join(mkdtempSync(join(tmpdir(), "holdfast-pgpass-")), "pgpass");
  onTestFinished(() => rmSync(dirname(file), { recursive: true }));
  writeFileSync(file, `*:*:*:*:${password}\n`, { mode: 0o600 });
  return file;
}

async function show(client: pg.Client | pg.Pool, name: string): Promise<unknown> {
  const { rows } = await client.query<{ value: string }>("SELECT current_setting($1) AS value", [name]);
  return rows[0]?.value;
}

async function faultOf(attempt: Promise<unknown>): Promise<StorageFault> {
  const error: unknown = await attempt.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(StorageFault);
  return error as StorageFault;
}

describe.skipIf(!hasServer)("a connection", () => {
  it.each([
    ["writer", "30s", "500ms", "10s"],
    ["listener", "30s", "0", "10s"],
    ["reader", "30s", "0", "10s"],
    ["migration", "0", "1s", "0"],
    ["snapshot", "0", "0", "0"],
  ] as const)("of a %s has its own bounds and everything else alike", async (purpose, statement, lock, idle) => {
    const client = await connected(await emptyDatabase(), purpose);
    expect(await show(client, "application_name")).toBe(`holdfast ${purpose}`);
    expect(await show(client, "statement_timeout")).toBe(statement);
    expect(await show(client, "lock_timeout")).toBe(lock);
    expect(await show(client, "idle_in_transaction_session_timeout")).toBe(idle);
    expect(await show(client, "search_path")).toBe("holdfast");
    expect(await show(client, "TimeZone")).toBe("UTC");
    expect(await show(client, "client_encoding")).toBe("UTF8");
    expect(await show(client, "transaction_isolation")).toBe("read committed");
  });

  it("is not bound by what the role's own defaults say", async () => {
    const settings = await emptyDatabase();
    const owner = await connected(settings);
    await owner.query(`ALTER ROLE ${settings.user} SET search_path = public`);
    await owner.query(`ALTER ROLE ${settings.user} SET statement_timeout = '1ms'`);
    await owner.query(`ALTER ROLE ${settings.user} SET default_transaction_isolation = 'serializable'`);
    const client = await connected(settings);
    expect(await show(client, "search_path")).toBe("holdfast");
    expect(await show(client, "statement_timeout")).toBe("0");
    expect(await show(client, "transaction_isolation")).toBe("read committed");
  });

  it("gives integers as numbers and bytes as buffers", async () => {
    const client = await connected(await emptyDatabase());
    const { rows } = await client.query(
      "SELECT 9007199254740991::int8 AS one, ARRAY[1, NULL]::int8[] AS some, '\\x00ff'::bytea AS bytes, 1::int4 AS small",
    );
    expect(rows).toEqual([{ one: Number.MAX_SAFE_INTEGER, some: [1, null], bytes: Buffer.from([0, 255]), small: 1 }]);
  });

  it("of a writer sends a statement before the answer to the last one has come", async () => {
    const client = await connected(await emptyDatabase(), "writer");
    const [first, second] = await Promise.all([client.query("SELECT 1 AS n"), client.query("SELECT 2 AS n")]);
    expect(first.rows).toEqual([{ n: 1 }]);
    expect(second.rows).toEqual([{ n: 2 }]);
    expect((client as unknown as { pipeline: boolean }).pipeline).toBe(true);
  });

  it("takes nothing from PG* variables and from no password file", async () => {
    const settings = await emptyDatabase();
    const hostile = {
      PGHOST: "192.0.2.1",
      PGPORT: "1",
      PGUSER: "nobody",
      PGDATABASE: "nowhere",
      PGPASSWORD: "wrong",
      PGPASSFILE: passwordFile("wrong"),
      PGSSLMODE: "require",
      PGSSLNEGOTIATION: "direct",
      PGOPTIONS: "-c search_path=public",
      PGAPPNAME: "other",
      PGCLIENT_ENCODING: "LATIN1",
      PGREPLICATION: "database",
      PGCONNECT_TIMEOUT: "1",
    };
    for (const [name, value] of Object.entries(hostile)) vi.stubEnv(name, value);
    const client = await connected(settings);
    const { rows } = await client.query("SELECT current_user AS user, current_database() AS database");
    expect(rows).toEqual([{ user: settings.user, database: settings.database }]);
    expect(await show(client, "search_path")).toBe("holdfast");
    expect(await show(client, "application_name")).toBe("holdfast migration");
    // What would be answered if it were a replication connection: a refusal of parameters.
    expect((await client.query("SELECT $1::int AS n", [1])).rows).toEqual([{ n: 1 }]);
  });

  it.each(["reader", "writer"] as const)("of a %s that is cut off while idle ends no process", async (purpose) => {
    const settings = await emptyDatabase();
    const client = await connect(settings, purpose);
    const ended = new Promise((resolve) => client.once("end", resolve));
    await cutOff(settings, purpose);
    await ended;
    await expect(client.query("SELECT 1")).rejects.toThrow(/not queryable|closed/);
  });

  it("is given up when nobody hears its goodbye", async () => {
    const settings = await emptyDatabase();
    const proxy = await startProxy({ host: settings.host, port: settings.port });
    onTestFinished(() => proxy.close());
    const client = await connect({ ...settings, port: proxy.port }, "listener");
    proxy.blackhole();
    await client.end();
    await expect(client.query("SELECT 1")).rejects.toThrow(/not queryable|closed/);
  });

  async function cutOff(settings: Parameters<typeof connect>[0], purpose: Purpose): Promise<void> {
    const other = await connected(settings);
    const sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND datname = $2";
    expect((await other.query(sql, [`holdfast ${purpose}`, settings.database])).rowCount).toBe(1);
  }

  describe("of a pool", () => {
    it("is made anew after it was cut off, idle or between two statements", async () => {
      const settings = { ...(await emptyDatabase()), maxConnections: 1 };
      const pool = createPool(settings);
      onTestFinished(() => pool.end());
      expect(await show(pool, "application_name")).toBe("holdfast reader");
      await cutOff(settings, "reader");
      await vi.waitUntil(() => pool.totalCount === 0);
      expect((await pool.query("SELECT 1 AS n")).rows).toEqual([{ n: 1 }]);

      const client = await pool.connect();
      const ended = new Promise((resolve) => client.once("end", resolve));
      await cutOff(settings, "reader");
      await ended;
      client.release();
      expect((await pool.query("SELECT 2 AS n")).rows).toEqual([{ n: 2 }]);
    });

    it("is given up without an answer: whoever waits for one gets an error, also by a second end", async () => {
      const settings = await emptyDatabase();
      const proxy = await startProxy({ host: settings.host, port: settings.port });
      onTestFinished(() => proxy.close());
      const pool = createPool({ ...settings, port: proxy.port });
      await pool.query("SELECT 1");
      proxy.blackhole();
      const asked = Promise.allSettled([pool.query("SELECT 2")]);
      await vi.waitUntil(() => pool.idleCount === 0);
      const isEnded = pool.end();
      await pool.giveUp();
      expect(await asked).toMatchObject([{ reason: { message: expect.stringContaining("terminated") as string } }]);
      await isEnded;
      await expect(pool.query("SELECT 3")).rejects.toThrow(/after calling end/);
    });

    it("waits for its turn when there are as many as are allowed", async () => {
      const pool = createPool({ ...(await emptyDatabase()), maxConnections: 2 });
      onTestFinished(() => pool.end());
      await Promise.all(Array.from({ length: 8 }, () => pool.query("SELECT pg_sleep(0.01)")));
      expect(pool.totalCount).toBe(2);
    });
  });
});

// Concurrent, as each waits for as long as anybody waits for a connection.
describe.skipIf(!hasServer)("a place where a database is", { concurrent: true }, () => {
  it("answers, also with a refusal, and does not when the network swallows everything", async ({ onTestFinished }) => {
    const settings = await emptyDatabase(onTestFinished);
    const proxy = await startProxy({ host: settings.host, port: settings.port });
    onTestFinished(() => proxy.close());
    const behind = { ...settings, port: proxy.port };
    expect(await answers(behind)).toBe(true);
    expect(await answers({ ...behind, database: "none_such" })).toBe(true);
    proxy.blackhole();
    expect(await answers(behind)).toBe(false);
  }, 30_000);
});

describe.concurrent("a place where no database is", () => {
  it("is named in the refusal", async ({ onTestFinished }) => {
    const { server, port } = await listening(onTestFinished, (socket) => socket.destroy());
    server.close();
    const settings = settingsFrom({ url: `postgres://u:word@127.0.0.1:${port}/d` });
    const { code, message } = await faultOf(connect(settings, "reader"));
    expect(code).toBe("database_unreachable");
    expect(message).toBe(`No connection to 127.0.0.1:${port}/d: connect ECONNREFUSED 127.0.0.1:${port}.`);
  });

  it("is left when it hangs up", async ({ onTestFinished }) => {
    const { port } = await listening(onTestFinished, (socket) => socket.destroy());
    const settings = settingsFrom({ url: `postgres://u@127.0.0.1:${port}` });
    expect((await faultOf(connect(settings, "reader"))).message).toMatch(/^No connection to 127\.0\.0\.1:\d+\/u: /);
  });

  it("is left when it says nothing", async ({ onTestFinished }) => {
    const { port } = await listening(onTestFinished, () => undefined);
    const settings = settingsFrom({ url: `postgres://u@127.0.0.1:${port}` });
    expect((await faultOf(connect(settings, "reader"))).message).toContain("timeout expired");
  });

  it("is left when it does not speak TLS", async ({ onTestFinished }) => {
    const { port } = await listening(onTestFinished, (socket) => socket.once("data", () => socket.write("N")));
    const settings = settingsFrom({ url: `postgres://u@127.0.0.1:${port}?sslmode=verify-full` });
    expect((await faultOf(connect(settings, "reader"))).message).toContain(
      "The server does not support SSL connections",
    );
  });

  async function listening(atEnd: AtEnd, serve: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket.on("error", () => undefined));
      serve(socket);
    });
    atEnd(async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { server, port: (server.address() as { port: number }).port };
  }
});

describe.skipIf(!hasServer)("a connection to a server that asks for a password", () => {
  it("gives the one that was set, and no other that lies about", async () => {
    const { password, ...without } = settingsFrom({ url: server.superuserUrl });
    vi.stubEnv("PGPASSWORD", password);
    vi.stubEnv("PGPASSFILE", passwordFile(String(password)));
    const { message } = await faultOf(connect(without, "reader"));
    expect(message).toMatch(/asks for a password and none is set \(HOLDFAST_STORAGE_PASSWORD_FILE\)\.$/);
  });

  it("names the place and not the password when that is refused", async () => {
    const settings = { ...settingsFrom({ url: server.superuserUrl }), password: "not the password" };
    const { code, message } = await faultOf(connect(settings, "reader"));
    expect(code).toBe("database_unreachable");
    expect(message).toContain(
      `No connection to 127.0.0.1:${settings.port}/${settings.database}: password authentication`,
    );
    expect(message).not.toContain("not the password");
  });
});

describe.skipIf(!hasServer)("a connection with TLS", () => {
  async function encrypted(host: string, mode: string, ca: string | undefined): Promise<unknown> {
    const url = new URL(server.superuserUrl);
    url.hostname = host;
    url.search = `?sslmode=${mode}`;
    const client = await connected(settingsFrom({ url: url.href, ca }), "reader");
    return (await client.query("SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")).rows[0] as unknown;
  }

  it("trusts an authority of one's own for the name in the certificate", async () => {
    expect(await encrypted("localhost", "verify-full", cert)).toEqual({ ssl: true, version: "TLSv1.3" });
  });

  it("refuses a certificate for another name, unless the name is not asked for", async () => {
    expect((await faultOf(encrypted("127.0.0.1", "verify-full", cert))).message).toContain("does not match");
    expect(await encrypted("127.0.0.1", "verify-ca", cert)).toMatchObject({ ssl: true });
  });

  it("refuses a certificate that nobody known vouches for, whatever the mode", async () => {
    const { message } = await faultOf(encrypted("localhost", "verify-full", undefined));
    expect(message).toContain("self-signed");
    expect(message).not.toContain("Node.js");
    const other = selfSigned().cert;
    for (const mode of ["verify-full", "verify-ca"]) {
      expect((await faultOf(encrypted("localhost", mode, other))).message).toContain("self-signed");
    }
  });
});
