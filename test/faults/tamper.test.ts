import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { type Client, createClient } from "@holdfast/client";
import { describe, expect, onTestFinished, test } from "vitest";
import type { TestServer } from "../server.ts";
import { administrator, holdfast, runningServer, temporaryHome } from "./fixture.ts";

type Row = Record<string, SQLInputValue>;

interface Tampering {
  readonly title: string;
  /** What is done in all honesty before; gives what the tampering needs. */
  readonly prepare: (client: Client, database: DatabaseSync) => Promise<Row>;
  readonly tamper: (database: DatabaseSync, prepared: Row) => void;
  /** The row, and what is said of it. */
  readonly named: RegExp;
  /** Where the row is refused as soon as it is met: a call that has to fail, and never to succeed. */
  readonly refused?: (server: TestServer, client: Client, prepared: Row) => Promise<unknown>;
}

const KEY = "applications/shop/config/db-password";

const tamperings: readonly Tampering[] = [
  {
    title: "a sealed value swapped with another tenant's",
    async prepare(client) {
      await client.tenants.create({ name: "other" });
      await client.secrets.put(KEY, { value: "ours" });
      await client.secrets.put(KEY, { value: "theirs" }, { tenant: "other" });
      return {};
    },
    tamper(database) {
      const [one, other] = database.prepare("SELECT * FROM versions ORDER BY tenant").all() as [Row, Row];
      const take = database.prepare("UPDATE versions SET sealed = ?, dek_id = ? WHERE tenant = ?");
      take.run(other["sealed"]!, other["dek_id"]!, one["tenant"]!);
      take.run(one["sealed"]!, one["dek_id"]!, other["tenant"]!);
    },
    named: /versions \["tn_.*: the row was not written by this server/,
    refused: (_, client) => client.secrets.read(KEY),
  },
  {
    title: "a grant inserted by hand, with the MAC of one that stands",
    async prepare(client) {
      const { token, actor } = await client.tokens.create({ roles: ["viewer"] });
      return { token, actor };
    },
    tamper(database, { actor }) {
      const [grant] = database.prepare("SELECT * FROM grants WHERE role = 'global-admin'").all() as [Row];
      insert(database, "grants", { ...grant, actor: actor! });
    },
    named: /grants \["tn_.*,"ac_.*","global-admin"\]: the row was not written by this server/,
    refused: (server, _, { token }) => withToken(server, token as string).secrets.put(KEY, { value: "mine now" }),
  },
  {
    title: "an old version of a pointer put back",
    async prepare(client, database) {
      await client.secrets.put(KEY, { value: "leaked" });
      const [old] = database.prepare("SELECT * FROM nodes WHERE path = ?").all(KEY) as [Row];
      await client.secrets.put(KEY, { value: "rotated" });
      return old;
    },
    tamper(database, old) {
      database.prepare("DELETE FROM nodes WHERE path = ?").run(KEY);
      insert(database, "nodes", old);
    },
    named: /nodes \["tn_.*db-password"\]: the row is older than the ledger says/,
  },
  {
    title: "the row of a revoked token put back",
    async prepare(client, database) {
      const { accessor } = await client.tokens.create({ roles: ["global-admin"] });
      const [row] = database.prepare("SELECT * FROM tokens WHERE accessor = ?").all(accessor) as [Row];
      await client.tokens.revoke({ accessor });
      return row;
    },
    tamper: (database, row) => insert(database, "tokens", row),
    named: /tokens \["tk_.*"\]: the row is back, after the ledger says that it was deleted/,
  },
  {
    title: "the use count of a token raised",
    async prepare(client) {
      const { token, accessor } = await client.tokens.create({ uses: 1 });
      return { token, accessor };
    },
    tamper(database, { accessor }) {
      database.prepare("UPDATE tokens SET uses_left = 1000000 WHERE accessor = ?").run(accessor!);
    },
    named: /tokens \["tk_.*"\]: the row was not written by this server/,
    refused: (server, _, { token }) => withToken(server, token as string).tokens.self(),
  },
  {
    title: "a row removed",
    async prepare(client) {
      await client.namespaces.write("applications/shop", { environment: "production" });
      return {};
    },
    tamper: (database) => database.exec("DELETE FROM namespaces"),
    named: /namespaces \["tn_.*shop"\]: the ledger explains the row, but it is gone/,
  },
];

function insert(database: DatabaseSync, table: string, row: Row): void {
  const names = Object.keys(row);
  const sql = `INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;
  database.prepare(sql).run(...Object.values(row));
}

function withToken({ socketPath }: TestServer, token: string): Client {
  const client = createClient({ socketPath, token, retries: 0 });
  onTestFinished(() => client.close());
  return client;
}

/** As someone would who can write to the file and has no key. */
async function fromOutside<T>(dataDir: string, edit: (database: DatabaseSync) => T | Promise<T>): Promise<T> {
  const database = new DatabaseSync(join(dataDir, "holdfast.db"));
  try {
    return await edit(database);
  } finally {
    database.close();
  }
}

describe.each(tamperings)("$title", ({ prepare, tamper, named, refused }) => {
  test("is named, and refused where it is met, while the server runs, when it is stopped, and after it", async () => {
    const dataDir = join(temporaryHome(), "data");
    const server = await runningServer({ dataDir });
    const facts = await fromOutside(dataDir, (database) => prepare(administrator(server), database));
    await fromOutside(dataDir, (database) => tamper(database, facts));
    const isNamed = { exitCode: 1, stdout: expect.stringMatching(named) as unknown };
    expect(await holdfast(["audit", "verify", "--state", "--socket", server.socketPath], dataDir)).toMatchObject(
      isNamed,
    );
    await expectRefused(server, facts);
    expect(await server.stop()).toBe(0);
    expect(await holdfast(["audit", "verify", "--state", "--data-dir", dataDir], dataDir)).toMatchObject(isNamed);
    await expectRefused(await runningServer({ dataDir }), facts);
  });

  async function expectRefused(server: TestServer, facts: Row): Promise<void> {
    if (refused === undefined) return;
    await expect(refused(server, administrator(server), facts)).rejects.toMatchObject({
      code: "internal",
      status: 500,
    });
    expect(server.output()).toContain(`"code":"state_tampered"`);
  }
});
