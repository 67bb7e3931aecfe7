import type pg from "pg";
import { describe, expect, it, vi } from "vitest";
import { checkServer } from "./check-server.ts";
import { connect } from "./connect.ts";
import { asSuperuser, connected, createRole, emptyDatabase, hasServer } from "./database.fixture.ts";
import type { Query } from "./query.ts";
import { grantRuntime } from "./roles.ts";
import { prepareSchema } from "./schema.ts";
import { type PostgresSettings, SettingsFault } from "./settings.ts";

/** What a server answers where it is asked, in the place of the real one; an Error is thrown, null is no value. */
function answering(answers: Readonly<Record<string, string | null | Error>>, client?: pg.Client): Query {
  const query = async (sql: string): Promise<unknown> => {
    const [, found] = Object.entries(answers).find(([part]) => sql.includes(part)) ?? [];
    if (found instanceof Error) throw found;
    if (found === undefined && client !== undefined) return client.query(sql);
    return { rows: [{ value: found }] };
  };
  return { query } as Query;
}

const hoursFromNow = (hours: number): string => String(Date.now() + hours * 3_600_000);
const refused = (code: string): Error => Object.assign(new Error("refused"), { code });

const settings: PostgresSettings = {
  host: "db",
  port: 5432,
  database: "d",
  user: "u",
  tls: { mode: "verify-full" },
  maxConnections: 1,
  statementTimeoutMs: 1_000,
  hasNotify: true,
  hasLocks: true,
  pollMs: 100,
};

const faultOf = async (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => undefined,
    (cause: unknown) => cause,
  );

describe.skipIf(!hasServer)("a PostgreSQL", () => {
  it("tells what it is and whom it takes the node for", async () => {
    const own = await emptyDatabase();
    const facts = await checkServer(await connected(own, "reader"), own);
    expect(facts).toMatchObject({ role: own.user, isOwner: true, tls: "none", isPartitioned: false, notChecked: [] });
    expect(facts.version).toMatch(/^\d+/);
  });

  it("knows a role that cannot alter the ledger from one that can", async () => {
    const own = await emptyDatabase();
    const owner = await connected(own);
    await prepareSchema(owner, []);
    const node = await createRole(own);
    await grantRuntime(owner, node.user);
    expect(await checkServer(await connected(node), node)).toMatchObject({ isOwner: false, isPartitioned: true });
    expect(await checkServer(owner, own)).toMatchObject({ isOwner: true });
    const superuser = asSuperuser(own);
    expect(await checkServer(await connected(superuser), superuser)).toMatchObject({ isOwner: true });
  });

  it("that acknowledges before it is durable is refused, also when only for this role", async () => {
    const own = await emptyDatabase();
    await (await connected(own)).query(`ALTER ROLE ${own.user} SET synchronous_commit = off`);
    const fault = await faultOf(checkServer(await connected(own), own));
    expect(fault).toBeInstanceOf(SettingsFault);
    expect((fault as SettingsFault).message).toContain("synchronous_commit=off");
  });

  it("that is read-only is refused", async () => {
    const own = await emptyDatabase();
    await (await connected(own)).query(`ALTER ROLE ${own.user} SET default_transaction_read_only = on`);
    await expect(checkServer(await connected(own), own)).rejects.toThrow("The database is read-only");
  });

  it("that stores text as anything but UTF-8 is refused", async () => {
    const own = await emptyDatabase();
    const superuser = await connected(asSuperuser(own));
    const database = `${own.database}_latin`;
    await superuser.query(`CREATE DATABASE ${database} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'`);
    const latin = await connect({ ...own, database }, "reader");
    try {
      await expect(checkServer(latin, own)).rejects.toThrow("The database stores text as LATIN1.");
    } finally {
      await latin.end();
      await superuser.query(`DROP DATABASE ${database}`);
    }
  });

  it.each([
    ["server_version_num", "130014", "The database is PostgreSQL 13."],
    ["fsync", "off", "The database does not wait for its disk (fsync=off)."],
    ["pg_is_in_recovery", "true", "The database is a standby."],
    ["transaction_isolation", "read uncommitted", "The database's transactions are read uncommitted."],
    ["pg_try_advisory", refused("42883"), "The database has no advisory locks."],
    ["UNLISTEN", refused("0A000"), "The database has no LISTEN and NOTIFY."],
    ["clock_timestamp", hoursFromNow(1), "This machine's clock is 60 minutes behind the database's."],
    ["clock_timestamp", hoursFromNow(-24), "This machine's clock is 1440 minutes ahead of the database's."],
  ])(
    "whose answer about %s is not good enough is refused with a sentence and a hint",
    async (what, answer, message) => {
      const client = await connected(await emptyDatabase());
      const fault = await faultOf(checkServer(answering({ [what]: answer }, client), settings));
      expect(fault).toBeInstanceOf(SettingsFault);
      expect(fault).toMatchObject({ message, hint: expect.stringMatching(/\.$/) as string });
    },
  );

  it("is not asked for what is switched off", async () => {
    const client = await connected(await emptyDatabase());
    const without = answering({ pg_try_advisory: refused("42883"), UNLISTEN: refused("0A000") }, client);
    const facts = await checkServer(without, { ...settings, hasLocks: false, hasNotify: false });
    expect(facts.tls).toBe("verify-full");
  });
});

describe("another service that speaks the protocol", () => {
  it("is taken on trust where it has no answer, and that is said", async () => {
    const cockroach = answering({
      "SELECT version()": "CockroachDB CCL v25.2.1",
      server_version: "13.0.0",
      synchronous_commit: "on",
      fsync: refused("42704"),
      pg_is_in_recovery: refused("42883"),
      transaction_read_only: "off",
      server_encoding: "UTF8",
      transaction_isolation: "serializable",
      pg_has_role: refused("42883"),
      current_user: "node",
      relkind: "false",
      pg_try_advisory: "true",
      UNLISTEN: null,
      clock_timestamp: hoursFromNow(0),
    });
    expect(await checkServer(cockroach, settings)).toEqual({
      version: "13.0.0",
      role: "node",
      isOwner: true,
      tls: "verify-full",
      isPartitioned: false,
      notChecked: ["version", "fsync", "standby", "owner of the tables"],
    });
  });

  it("that answers nothing at all is described by what was asked of it", async () => {
    const silent = answering({ SELECT: null, UNLISTEN: null });
    const facts = await checkServer(silent, settings);
    expect(facts).toMatchObject({ version: "unknown", role: "u", isOwner: true, isPartitioned: false });
    expect(facts.notChecked).toContain("synchronous_commit");
  });

  it("is not taken for one that has no answer when the connection was lost", async () => {
    const query = vi.fn<() => Promise<never>>().mockRejectedValue(new Error("Connection terminated unexpectedly"));
    await expect(checkServer({ query }, settings)).rejects.toThrow("Connection terminated");
    const lostLater = answering({ UNLISTEN: new Error("Connection terminated") });
    await expect(checkServer(lostLater, settings)).rejects.toThrow("Connection terminated");
  });
});
