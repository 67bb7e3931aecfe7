import type pg from "pg";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createPostgresCommitter } from "./committer.ts";
import { grant, ORIGIN, SIGNING_SEED, STATE_KEY, submission, TABLES, ungrant } from "./committer.fixture.ts";
import {
  type AtEnd,
  asSuperuser,
  atEndOfSuite,
  connected,
  createRole,
  emptyDatabase,
  hasServer,
} from "./database.fixture.ts";
import { PostgresLease } from "./lease.ts";
import { grantRuntime, runtimeRoles } from "./roles.ts";
import { prepareSchema } from "./schema.ts";
import type { PostgresSettings } from "./settings.ts";

interface Prepared {
  /** The tables' owner. */
  readonly owner: pg.Client;
  readonly node: PostgresSettings;
  readonly settings: PostgresSettings;
}

async function prepared(atEnd: AtEnd = onTestFinished): Promise<Prepared> {
  const settings = await emptyDatabase(atEnd);
  const owner = await connected(settings, "migration", atEnd);
  await prepareSchema(owner, TABLES);
  const node = await createRole(settings, atEnd);
  await grantRuntime(owner, node.user);
  return { owner, node, settings };
}

const DENIED = "42501";

describe.skipIf(!hasServer)("a node's role", () => {
  it("can do all that a node does", { timeout: 30_000 }, async () => {
    const { node, owner } = await prepared();
    const committer = await createPostgresCommitter(
      {
        settings: node,
        node: "n1",
        tables: TABLES,
        origin: ORIGIN,
        signingSeed: SIGNING_SEED,
        stateKey: STATE_KEY,
        known: [],
        onCommitted: () => undefined,
      },
      { checkpointDelayMs: 50 },
    );
    onTestFinished(() => committer.close());
    for (const change of [grant("a", 0), grant("a", 1), ungrant("a", 2)]) {
      expect(await committer.submit(submission({ changes: [change] }))).toMatchObject({ status: "committed" });
    }
    for (let seq = 3; seq < 300; seq += 50) {
      await Promise.all(Array.from({ length: 50 }, () => committer.submit(submission())));
    }
    await committer.close();
    const { rows } = await owner.query("SELECT (SELECT count(*) FROM tiles) > 0 AS tiles, size FROM head");
    expect(rows).toEqual([{ tiles: true, size: 303 }]);

    const client = await connected(node);
    const lease = new PostgresLease({ on: client, name: "checkpoint", node: "n1" });
    await lease.start();
    expect(lease.isHeld).toBe(true);
    await lease.stop();
    expect((await client.query("DELETE FROM batches WHERE next_seq <= 3")).rowCount).toBe(3);
    expect((await client.query("DELETE FROM checkpoints WHERE size < 0")).rowCount).toBe(0);
    expect((await client.query("SELECT ensure_partition(now()::date) AS state")).rows).toEqual([{ state: "exists" }]);
    await client.query("SELECT ensure_partition((now() + interval '11 months')::date)");
  });
});

describe.skipIf(!hasServer)("a node's role is refused by its rights", () => {
  const atEnd = atEndOfSuite();
  let owner: string;
  let client: pg.Client;
  beforeAll(async () => {
    const { node, settings } = await prepared(atEnd);
    owner = settings.user;
    client = await connected(node, "reader", atEnd);
  });

  it.each([
    "UPDATE entries SET payload = NULL",
    "UPDATE entries SET bytes = ''",
    "DELETE FROM entries",
    "TRUNCATE entries",
    "SELECT FROM entries FOR UPDATE",
    "ALTER TABLE entries ADD COLUMN more text",
    "ALTER TABLE entries DISABLE TRIGGER entries_change",
    "ALTER TABLE entries DETACH PARTITION entries_default",
    "DROP TABLE entries",
    "DROP TRIGGER entries_delete ON entries",
    "CREATE TRIGGER later BEFORE INSERT ON entries FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE forget AS ON INSERT TO entries DO INSTEAD NOTHING",
    "SELECT FROM entries_default",
    "INSERT INTO entries_default SELECT * FROM entries",
    "UPDATE entries_default SET bytes = ''",
    "DELETE FROM entries_default",
    "TRUNCATE entries_default",
    "DELETE FROM head",
    "TRUNCATE head",
    "ALTER TABLE head DISABLE TRIGGER ALL",
    "DELETE FROM tiles",
    "TRUNCATE tiles",
    "UPDATE checkpoints SET note = ''",
    "TRUNCATE checkpoints",
    "TRUNCATE batches",
    "UPDATE batches SET writes = '{}'",
    "UPDATE schema_version SET compatible_from = 9",
    "INSERT INTO schema_version VALUES (9, 9)",
    "TRUNCATE grants",
    "ALTER TABLE grants DROP COLUMN seal",
    "CREATE TABLE holdfast.mine (n integer)",
    "CREATE FUNCTION holdfast.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION holdfast.guard_head() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "ALTER FUNCTION holdfast.guard_head() RESET search_path",
    "DROP SCHEMA holdfast CASCADE",
    "SET session_replication_role = replica",
    "SET ROLE OWNER",
  ])("%s", async (sql) => {
    await expect(client.query(sql.replace("OWNER", owner))).rejects.toMatchObject({ code: DENIED });
  });
});

describe.skipIf(!hasServer)("a node's role", () => {
  it("is refused by the triggers what grants cannot tell from its work", async () => {
    const { node, owner } = await prepared();
    await owner.query("INSERT INTO head VALUES (0, 2, 'c', 'r', 1, 'o', 's')");
    await owner.query("INSERT INTO checkpoints VALUES (1, 'note')");
    await owner.query("INSERT INTO tiles VALUES (1, 0, '\\x01')");
    const client = await connected(node);
    for (const sql of [
      "UPDATE head SET size = 1",
      "UPDATE head SET chain = 'other'",
      "UPDATE tiles SET hashes = '\\x02'",
      "DELETE FROM checkpoints",
    ]) {
      await expect(client.query(sql)).rejects.toMatchObject({ code: "HF001" });
    }
  });

  it("can add entries, batches and checkpoints only where the head has moved on to", async () => {
    const { node, owner } = await prepared();
    await owner.query(
      "INSERT INTO entries SELECT n, now(), 't', 'a', '', '', '', '', '' FROM generate_series(0, 3) AS n",
    );
    await owner.query("INSERT INTO batches VALUES (4, 0, 'n', '{}')");
    await owner.query("INSERT INTO head VALUES (0, 4, 'c', 'r', 1, 'o', 's')");
    const client = await connected(node);
    const entry = (sql: string) =>
      `INSERT INTO entries SELECT n, now() + random() * interval '1 day', 't', 'a', '', '', '', '', '' ${sql}`;
    for (const sql of [
      entry("FROM generate_series(2, 2) AS n"),
      entry("FROM generate_series(2, 3) AS n"),
      entry("FROM generate_series(0, 3) AS n"),
      entry("FROM generate_series(4, 4) AS n"),
      entry("FROM generate_series(1000000, 1000000) AS n"),
      `WITH moved AS (UPDATE head SET size = 6) ${entry("FROM generate_series(3, 5) AS n")}`,
      `WITH moved AS (UPDATE head SET size = 7) ${entry("FROM unnest(ARRAY[4, 6, 6]) AS n")}`,
      `WITH moved AS (UPDATE head SET size = 8) ${entry("FROM unnest(ARRAY[4, 6, 6, 7]) AS n")}`,
      "INSERT INTO batches VALUES (5, 4, 'n', '{}')",
      "INSERT INTO checkpoints VALUES (5, 'note')",
    ]) {
      await expect(client.query(sql)).rejects.toMatchObject({ code: "HF001" });
    }
    await client.query(`WITH moved AS (UPDATE head SET size = 6) ${entry("FROM generate_series(4, 5) AS n")}`);
    await client.query(entry("FROM generate_series(1, 0) AS n"));
    expect((await client.query("SELECT count(*) AS rows FROM entries")).rows).toEqual([{ rows: 6 }]);
  });

  it("cannot fill the catalogue with months", async () => {
    const { node } = await prepared();
    const client = await connected(node);
    for (const month of ["now() - interval '1 month'", "now() + interval '14 months'", "timestamp 'infinity'"]) {
      const attempt = client.query(`SELECT ensure_partition((${month})::date)`);
      await expect(attempt).rejects.toMatchObject({ code: "HF002" });
    }
  });

  it("cannot lead the function that runs as the owner elsewhere", async () => {
    const { node, owner, settings } = await prepared();
    await (await connected(asSuperuser(settings))).query(`GRANT TEMPORARY ON DATABASE ${settings.database} TO PUBLIC`);
    const client = await connected(node);
    await client.query(`
      CREATE TEMPORARY TABLE entries_default (time timestamptz);
      CREATE FUNCTION pg_temp.format(text, VARIADIC text[]) RETURNS text LANGUAGE sql AS $$ SELECT 'DROP TABLE holdfast.head' $$;
      CREATE FUNCTION pg_temp.to_regclass(text) RETURNS regclass LANGUAGE sql AS $$ SELECT NULL::regclass $$;
      SET search_path = pg_temp, holdfast`);
    await client.query("SELECT holdfast.ensure_partition((now() + interval '6 months')::date)");
    expect((await owner.query("SELECT to_regclass('holdfast.head') IS NOT NULL AS stands")).rows).toEqual([
      { stands: true },
    ]);
  });

  it("loses what it was given beyond its work, and keeps its work", async () => {
    const { node, owner } = await prepared();
    await owner.query(`GRANT ALL ON ALL TABLES IN SCHEMA holdfast TO ${node.user}`);
    await owner.query(`GRANT ALL ON SCHEMA holdfast TO ${node.user}`);
    await grantRuntime(owner, node.user);
    const client = await connected(node);
    for (const sql of ["DELETE FROM entries", "TRUNCATE head", "CREATE TABLE holdfast.mine (n integer)"]) {
      await expect(client.query(sql)).rejects.toMatchObject({ code: DENIED });
    }
    expect((await client.query("SELECT FROM grants")).rows).toEqual([]);
    expect(await runtimeRoles(owner)).toEqual([node.user]);
  });
});

describe.skipIf(!hasServer)("nobody else", () => {
  it("gets in without a grant", async () => {
    const settings = await emptyDatabase();
    const owner = await connected(settings);
    await prepareSchema(owner, []);
    const stranger = await connected(await createRole(settings));
    for (const sql of ["SELECT FROM holdfast.entries", "SELECT holdfast.ensure_partition(now()::date)"]) {
      await expect(stranger.query(sql)).rejects.toMatchObject({ code: DENIED });
    }
    expect(await runtimeRoles(owner)).toEqual([]);
  });

  it("can be made a node's role who owns the tables, is above their owner, or does not exist", async () => {
    const settings = await emptyDatabase();
    const owner = await connected(settings);
    await prepareSchema(owner, []);
    const { user } = await createRole(settings);
    const superuser = await connected(asSuperuser(settings));
    await superuser.query(`GRANT ${settings.user} TO ${user}`);
    for (const role of [settings.user, asSuperuser(settings).user, user]) {
      await expect(grantRuntime(owner, role)).rejects.toThrow(`Role ${role} owns the ledger's tables or is above`);
    }
    await expect(grantRuntime(owner, "nobody; DROP")).rejects.toThrow("The database has no role nobody; DROP.");
  });
});
