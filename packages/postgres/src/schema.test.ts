import { StorageFault, type Table } from "@holdfast/engine";
import { layoutOf } from "@holdfast/engine/back-end";
import type pg from "pg";
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import {
  type AtEnd,
  asSuperuser,
  atEndOfSuite,
  connected,
  createRole,
  emptyDatabase,
  hasServer,
} from "./database.fixture.ts";
import { SCHEMA_VERSION } from "./migrate-schema.ts";
import { ensurePartitions } from "./partitions.ts";
import { grantRuntime } from "./roles.ts";
import { prepareSchema } from "./schema.ts";
import type { PostgresSettings } from "./settings.ts";

const grants: Table = {
  name: "grants",
  columns: { tenant: "text", actor: "text", uses: "integer", seal: "blob?" },
  key: ["tenant", "actor"],
  indexes: [["actor"]],
};

async function rowsOf(client: pg.ClientBase, sql: string, values: unknown[] = []): Promise<unknown[]> {
  return (await client.query<Record<string, unknown>>(sql, values)).rows;
}

async function prepared(
  tables: readonly Table[] = [],
  atEnd: AtEnd = onTestFinished,
): Promise<{ settings: PostgresSettings; client: pg.Client }> {
  const settings = await emptyDatabase(atEnd);
  const client = await connected(settings, "migration", atEnd);
  await prepareSchema(client, tables);
  return { settings, client };
}

const tableNames = (client: pg.ClientBase): Promise<unknown[]> =>
  rowsOf(
    client,
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'holdfast'::regnamespace AND relkind IN ('r', 'p')
       AND NOT relispartition ORDER BY relname`,
  ).then((rows) => rows.map((row) => (row as { name: string }).name));

describe.skipIf(!hasServer)("preparing a database", () => {
  it("makes the system's tables and the declared ones, and finds them the next time", async () => {
    const client = await connected(await emptyDatabase());
    expect(await prepareSchema(client, [grants])).toEqual({ version: 0, compatibleFrom: 0 });
    const system = ["batches", "checkpoints", "entries", "head", "leases", "schema_version", "tiles"];
    expect(await tableNames(client)).toEqual([...system, "grants"].sort());
    expect(await prepareSchema(client, [grants])).toEqual({ version: SCHEMA_VERSION, compatibleFrom: 1 });
    expect(await tableNames(client)).toEqual([...system, "grants"].sort());
  });

  it.each([true, false])("is done once by several nodes that start together (advisory locks: %s)", async (hasLocks) => {
    const settings = await emptyDatabase();
    const clients = await Promise.all(Array.from({ length: 4 }, () => connected(settings)));
    const found = await Promise.all(clients.map((client) => prepareSchema(client, [grants], { hasLocks })));
    expect(found.map(({ version }) => version).filter((version) => version === 0)).not.toHaveLength(0);
    const versions = await rowsOf(clients[0]!, "SELECT version FROM schema_version ORDER BY version");
    expect(versions).toEqual(Array.from({ length: SCHEMA_VERSION + 1 }, (_, version) => ({ version })));
  });

  it("lets the next migration in after one that failed, and leaves nothing half done", async () => {
    const client = await connected(await emptyDatabase());
    const impossible: Table = { ...grants, columns: { ...grants.columns, more: "text" } };
    await prepareSchema(client, [grants]);
    await expect(prepareSchema(client, [impossible])).rejects.toThrow(StorageFault);
    expect(await prepareSchema(client, [grants])).toMatchObject({ version: SCHEMA_VERSION });
  });

  it("works beside a newer version that says it can, and refuses one that says it cannot", async () => {
    const { client } = await prepared();
    const next = "INSERT INTO schema_version (version, compatible_from) VALUES ($1, $2)";
    await client.query(next, [SCHEMA_VERSION + 1, SCHEMA_VERSION]);
    expect(await prepareSchema(client, [grants])).toMatchObject({ version: SCHEMA_VERSION + 1 });
    await client.query(next, [SCHEMA_VERSION + 2, SCHEMA_VERSION + 1]);
    const attempt = prepareSchema(client, [grants]);
    await expect(attempt).rejects.toThrow(
      `The database has version 3, which nodes from version 2 on can use; this program knows up to 1.`,
    );
    await expect(attempt).rejects.toMatchObject({ code: "database_newer" });
  });

  it("needs no right to make anything when nothing is missing", async () => {
    const { settings, client } = await prepared([grants]);
    const role = await createRole(settings);
    await grantRuntime(client, role.user);
    const node = await connected(role);
    expect(await prepareSchema(node, [grants])).toMatchObject({ version: SCHEMA_VERSION });
    const attempt = prepareSchema(node, [grants, { ...grants, name: "more" }]);
    await expect(attempt).rejects.toThrow(/this role may not make them; prepare it as the tables' owner first\.$/);
    await expect(attempt).rejects.toMatchObject({ code: "database_unreadable" });
  });

  it("gives the roles of nodes what they need of a table that was added", async () => {
    const { settings, client } = await prepared();
    const role = await createRole(settings);
    await grantRuntime(client, role.user);
    await prepareSchema(client, [grants]);
    const node = await connected(role);
    await node.query("INSERT INTO grants VALUES ('t', 'a', 1, NULL, 1, 0, '')");
    expect((await node.query("UPDATE grants SET uses = 2")).rowCount).toBe(1);
    expect((await node.query("DELETE FROM grants")).rowCount).toBe(1);
  });

  it("says so when somebody else holds its lock and does not end", async () => {
    const { settings, client } = await prepared();
    const holder = await connected(settings, "snapshot");
    await holder.query("SELECT pg_advisory_lock(1752132708)");
    await expect(prepareSchema(client, [], { lockWaitMs: 300 })).rejects.toMatchObject({
      code: "database_in_use",
      message: expect.stringContaining("Another session holds the lock") as unknown,
    });
    await holder.query("SELECT pg_advisory_unlock(1752132708)");
    expect(await prepareSchema(client, [], { lockWaitMs: 300 })).toMatchObject({ version: SCHEMA_VERSION });
  });

  it("says so when a table stays locked for as long as it can wait", { timeout: 60_000 }, async () => {
    const { settings, client } = await prepared([grants]);
    const reader = await connected(settings, "snapshot");
    await reader.query("BEGIN; SELECT FROM grants");
    const wider: Table = { ...grants, columns: { ...grants.columns, reason: "text?" } };
    await client.query("SET lock_timeout = '50ms'");
    await expect(prepareSchema(client, [wider])).rejects.toMatchObject({ code: "database_in_use" });
    await reader.query("COMMIT");
    await prepareSchema(client, [wider]);
    expect(await rowsOf(client, "SELECT reason FROM grants")).toEqual([]);
  });
});

describe.skipIf(!hasServer)("a declared table", () => {
  const atEnd = atEndOfSuite();
  /** Of a database that whatever is refused leaves as it is. */
  let refusing: pg.Client;
  beforeAll(async () => {
    ({ client: refusing } = await prepared([grants], atEnd));
  });

  it("is stored with its columns, key and indexes, and what the committer adds", async () => {
    const { client } = await prepared([grants]);
    const columns = await rowsOf(
      client,
      `SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attnotnull AS "isNotNull", collname AS collation
       FROM pg_attribute LEFT JOIN pg_collation c ON c.oid = attcollation
       WHERE attrelid = 'grants'::regclass AND attnum > 0 ORDER BY attnum`,
    );
    const text = { type: "text", isNotNull: true, collation: "C" };
    const bigint = { type: "bigint", isNotNull: true, collation: null };
    expect(columns).toEqual([
      { name: "tenant", ...text },
      { name: "actor", ...text },
      { name: "uses", ...bigint },
      { name: "seal", type: "bytea", isNotNull: false, collation: null },
      { name: "rev", ...bigint },
      { name: "seq", ...bigint },
      { name: "mac", type: "bytea", isNotNull: true, collation: null },
    ]);
    const indexes = await rowsOf(
      client,
      "SELECT indexdef FROM pg_indexes WHERE tablename = 'grants' ORDER BY indexname",
    );
    expect(indexes).toEqual([
      { indexdef: "CREATE INDEX grants_by_actor ON holdfast.grants USING btree (actor)" },
      { indexdef: "CREATE UNIQUE INDEX grants_pkey ON holdfast.grants USING btree (tenant, actor)" },
    ]);
  });

  it("gets nullable columns that were declared since, and keeps its rows", async () => {
    const { client } = await prepared([grants]);
    await client.query("INSERT INTO grants VALUES ('t', 'a', 1, NULL, 1, 0, '')");
    await prepareSchema(client, [{ ...grants, columns: { ...grants.columns, reason: "text?", until: "integer?" } }]);
    expect(await rowsOf(client, "SELECT actor, reason, until FROM grants")).toEqual([
      { actor: "a", reason: null, until: null },
    ]);
  });

  it("may have nullable columns of a newer node, so that nodes of two versions can start", async () => {
    const { client } = await prepared([{ ...grants, columns: { ...grants.columns, reason: "text?" } }]);
    expect(await prepareSchema(client, [grants])).toMatchObject({ version: SCHEMA_VERSION });
  });

  it.each<[string, Table]>([
    ["another type", { ...grants, columns: { tenant: "text", actor: "text", uses: "text", seal: "blob?" } }],
    ["a column that may no longer be null", { ...grants, columns: { ...grants.columns, seal: "blob" } }],
    ["another order", { ...grants, columns: { actor: "text", tenant: "text", uses: "integer", seal: "blob?" } }],
    ["a new column that is never null", { ...grants, columns: { ...grants.columns, more: "text" } }],
    ["a column fewer that is never null", { ...grants, columns: { tenant: "text", actor: "text" } }],
    ["another key", { ...grants, key: ["actor", "tenant"] }],
  ])("is refused with %s", async (_, changed) => {
    await expect(prepareSchema(refusing, [changed])).rejects.toMatchObject({ code: "table_invalid" });
  });

  it("is refused when its text is compared in another way", async () => {
    const { client } = await prepared();
    await client.query(`CREATE TABLE holdfast.grants (tenant text NOT NULL, actor text COLLATE "C" NOT NULL,
      uses bigint NOT NULL, seal bytea, rev bigint NOT NULL, seq bigint NOT NULL, mac bytea NOT NULL,
      PRIMARY KEY (tenant, actor))`);
    await expect(prepareSchema(client, [grants])).rejects.toMatchObject({ code: "table_invalid" });
  });

  it("gets a new index while others write to it", async () => {
    const { settings, client } = await prepared([grants]);
    const insert = "INSERT INTO grants VALUES ('t', $1, 1, NULL, 1, 0, '')";
    const [first, second] = [await connected(settings), await connected(settings)];
    await first.query("BEGIN");
    await first.query(insert, ["a"]);
    const adding = prepareSchema(client, [{ ...grants, indexes: [["actor"], ["uses", "seal"]] }]);
    await vi.waitUntil(async () => (await second.query("SELECT FROM pg_stat_progress_create_index")).rows.length > 0);
    await second.query(insert, ["b"]);
    await first.query("COMMIT");
    await adding;
    const found = await rowsOf(
      client,
      "SELECT indisvalid FROM pg_index WHERE indexrelid = 'grants_by_uses_seal'::regclass",
    );
    expect(found).toEqual([{ indisvalid: true }]);
    expect(await rowsOf(client, "SELECT current_setting('lock_timeout') AS limit")).toEqual([{ limit: "1s" }]);
  });

  it("gets an index anew that was left unfinished", async () => {
    const { settings, client } = await prepared([grants]);
    const superuser = await connected(asSuperuser(settings));
    await superuser.query("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'grants_by_actor'::regclass");
    await prepareSchema(client, [grants]);
    const found = await rowsOf(
      client,
      "SELECT indisvalid FROM pg_index WHERE indexrelid = 'grants_by_actor'::regclass",
    );
    expect(found).toEqual([{ indisvalid: true }]);
  });

  it("keeps two indexes apart whose long names begin alike", async () => {
    const [left, right] = [`l${"o".repeat(40)}ng_one`, `l${"o".repeat(40)}ng_two`];
    const columns = { tenant: "text", [left]: "text", [right]: "text" } as const;
    const table: Table = { name: "a_table_of_long_names", columns, key: ["tenant"], indexes: [[left], [right]] };
    const { client } = await prepared([table]);
    await prepareSchema(client, [table]);
    const sql = "SELECT indexname FROM pg_indexes WHERE tablename = $1";
    expect(await rowsOf(client, sql, [table.name])).toHaveLength(3);
  });

  it.each(["batches", "leases", "schema_version", "entries_default", "entries_2026_11", "head"])(
    "cannot take the name of a system's table: %s",
    (name) => {
      expect(() => layoutOf({ ...grants, name })).toThrow("is not usable");
    },
  );
});

describe.skipIf(!hasServer)("the ledger's own tables, to their owner", () => {
  const entry = "INSERT INTO entries VALUES ($1, $2, 'tn', 'ac', 'secret.read', 'secret', 'ok', 'bytes', 'payload')";
  const now = (): string => new Date().toISOString();

  const atEnd = atEndOfSuite();
  let client: pg.Client;
  beforeAll(async () => {
    ({ client } = await prepared([], atEnd));
    await client.query(entry, [0, now()]);
    await client.query(entry, [1, "2001-01-01T00:00:00.000Z"]);
    await client.query("INSERT INTO checkpoints SELECT n, 'note' FROM generate_series(1, 1010) AS n");
    await client.query("INSERT INTO head VALUES (0, 2, 'c', 'r', 1, 'o', 's')");
    await client.query("INSERT INTO tiles VALUES (1, 0, '\\x0102')");
  });

  it.each([
    "UPDATE entries SET bytes = 'other'",
    "UPDATE entries SET bytes = 'other', payload = NULL",
    "UPDATE entries SET payload = 'other'",
    "UPDATE entries SET time = time + interval '1 year', payload = NULL",
    "UPDATE entries SET outcome = 'denied', payload = NULL WHERE seq = 0",
    "UPDATE entries_default SET tenant = 'other'",
    "DELETE FROM entries",
    "DELETE FROM entries_default",
    "TRUNCATE entries",
    "TRUNCATE entries_default",
    "UPDATE head SET size = 1",
    "UPDATE head SET epoch = 0",
    "UPDATE head SET origin = 'other'",
    "UPDATE head SET chain = 'other'",
    "UPDATE head SET root = 'other', epoch = 2",
    "DELETE FROM head",
    "TRUNCATE head",
    "UPDATE tiles SET hashes = '\\x01'",
    "UPDATE tiles SET hashes = '\\x010302'",
    "UPDATE tiles SET idx = 1",
    "DELETE FROM tiles",
    "TRUNCATE tiles",
    "UPDATE checkpoints SET note = 'other' WHERE size = 1",
    "DELETE FROM checkpoints WHERE size = 11",
    "TRUNCATE checkpoints",
  ])("refuse %s", async (sql) => {
    await expect(client.query(sql)).rejects.toMatchObject({ code: "HF001" });
  });

  it("refuse to empty the place of a month", async () => {
    const [row] = (await rowsOf(client, "SELECT tableoid::regclass::text AS name FROM entries WHERE seq = 0")) as {
      name: string;
    }[];
    await expect(client.query(`TRUNCATE ${row?.name}`)).rejects.toMatchObject({ code: "HF001" });
    await expect(client.query(`DELETE FROM ${row?.name}`)).rejects.toMatchObject({ code: "HF001" });
  });

  it.each([
    ["UPDATE entries SET payload = NULL", 2],
    ["UPDATE head SET size = 3, chain = 'd', root = 'q'", 1],
    ["UPDATE head SET signature = 'new'", 1],
    ["UPDATE head SET size = 3, chain = 'd', epoch = 2", 1],
    ["UPDATE tiles SET hashes = '\\x010203'", 1],
    ["INSERT INTO tiles VALUES (1, 0, '\\x0102') ON CONFLICT (level, idx) DO UPDATE SET hashes = excluded.hashes", 1],
    ["DELETE FROM checkpoints WHERE size <= 10", 10],
  ])("allow %s", async (sql, rowCount) => {
    await client.query("BEGIN");
    expect(await client.query(sql)).toMatchObject({ rowCount });
    await client.query("ROLLBACK");
  });

  it("store bytes as they are, without trying to make them smaller", async () => {
    const compressed = await rowsOf(
      client,
      `SELECT attrelid::regclass, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
       WHERE relnamespace = 'holdfast'::regnamespace AND relkind IN ('r', 'p') AND attnum > 0
         AND attname IN ('bytes', 'payload', 'hashes') AND attstorage <> 'e'`,
    );
    expect(compressed).toEqual([]);
  });
});

describe.skipIf(!hasServer)("the place of a month", () => {
  const monthAfter = (months: number): string => {
    const date = new Date();
    date.setUTCDate(1);
    date.setUTCMonth(date.getUTCMonth() + months);
    return date.toISOString().slice(0, 7);
  };

  it("is there for this month and the next three, and found the next time", async () => {
    const { client } = await prepared();
    expect(await ensurePartitions(client)).toEqual(
      [0, 1, 2, 3].map((months) => ({ month: monthAfter(months), state: "exists" })),
    );
  });

  it("takes the entries of its month by UTC, and has every index", async () => {
    const { client } = await prepared();
    await client.query("SET TimeZone = 'Pacific/Kiritimati'");
    await client.query("SELECT ensure_partition('2020-02-29')");
    const entry = "INSERT INTO entries VALUES ($1, $2, '', '', '', '', '', '', NULL)";
    await client.query(entry, [0, "2020-02-01T00:00:00.000Z"]);
    await client.query(entry, [1, "2020-02-29T23:59:59.999Z"]);
    await client.query(entry, [2, "2020-03-01T00:00:00.000Z"]);
    expect(await rowsOf(client, "SELECT seq FROM entries_2020_02 ORDER BY seq")).toEqual([{ seq: 0 }, { seq: 1 }]);
    expect(await rowsOf(client, "SELECT seq FROM entries_default")).toEqual([{ seq: 2 }]);
    const unfinished = await rowsOf(client, "SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid");
    expect(unfinished).toEqual([]);
    const inherited =
      "SELECT FROM pg_inherits JOIN pg_index ON indexrelid = inhrelid WHERE indrelid = 'entries_2020_02'::regclass";
    expect(await rowsOf(client, inherited)).toHaveLength(5);
  });

  it("stays with the default when entries of the month are there already", async () => {
    const { client } = await prepared();
    await client.query("INSERT INTO entries VALUES (0, '2020-02-10', '', '', '', '', '', '', NULL)");
    const ask = "SELECT ensure_partition('2020-02-01') AS state";
    expect(await rowsOf(client, ask)).toEqual([{ state: "default_holds_rows" }]);
    expect(await rowsOf(client, "SELECT seq FROM entries WHERE time < '2020-03-01'")).toEqual([{ seq: 0 }]);
  });

  it("is made by one of several that ask at once", async () => {
    const { settings } = await prepared();
    const clients = await Promise.all([0, 1, 2].map(() => connected(settings)));
    const asked = clients.map((client) => rowsOf(client, "SELECT ensure_partition('2020-02-01') AS state"));
    const states = (await Promise.all(asked)).flat().map((row) => (row as { state: string }).state);
    expect(states.filter((state) => state === "created")).toHaveLength(1);
    expect(states.filter((state) => !["created", "exists", "busy"].includes(state))).toEqual([]);
  });

  it("is not waited for while somebody reads for long, who is not held up either", async () => {
    const { settings, client } = await prepared();
    const reader = await connected(settings, "snapshot");
    await reader.query("BEGIN; SELECT FROM entries");
    const ask = "SELECT ensure_partition('2020-02-01') AS state";
    expect(await rowsOf(client, ask)).toEqual([{ state: "busy" }]);
    await reader.query("COMMIT");
    expect(await rowsOf(client, ask)).toEqual([{ state: "created" }]);
  });
});
