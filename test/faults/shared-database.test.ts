import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, startCluster } from "../cluster.ts";
import { Wire } from "../wire.ts";

const ROUNDS = 25;
const SECRET = "/api/secrets/shared/key";

let cluster: Cluster;
/** Whoever owns the tables, beside the nodes. */
let owner: pg.Client;
/** Both nodes, at their sockets and over the network. */
let admins: readonly [Wire, Wire];
let networks: readonly [Wire, Wire];

beforeAll(async () => {
  cluster = await startCluster(2);
  owner = new pg.Client(cluster.database.url);
  await owner.connect();
  await owner.query("SET search_path TO holdfast");
  const servers = cluster.nodes.map((node) => node.server());
  admins = servers.map((server) => Wire.socket(server)) as unknown as typeof admins;
  networks = servers.map((server) => Wire.https(server)) as unknown as typeof networks;
  (await admins[0].put(SECRET, { value: "one" })).output();
});
afterAll(async () => {
  for (const wire of [...admins, ...networks]) wire.close();
  await owner.end();
  await cluster.stop();
});

const newToken = async () =>
  (await admins[0].post("/api/tokens", { roles: ["global-admin"] })).output<{
    readonly token: string;
    readonly accessor: string;
  }>();

/** A token that one node revokes while the other one reads with it: positions of reads that were answered, and of the end. */
async function revokedWhileRead() {
  const { token, accessor } = await newToken();
  const bearer = networks[1].bearing(token);
  const answered: number[] = [];
  const reader = async () => {
    for (;;) {
      const answer = await bearer.get(SECRET);
      if (answer.status === 401) return;
      answer.output();
      answered.push(answer.seq);
    }
  };
  const readers = [reader(), reader(), reader()];
  const revoked = await admins[0].post("/api/tokens:revoke", { accessor });
  revoked.output();
  await Promise.all(readers);
  return { answered, revokedAt: revoked.seq };
}

async function insistNothingBehindRevocations() {
  for (let round = 0; round < ROUNDS; round++) {
    const { answered, revokedAt } = await revokedWhileRead();
    expect(answered.filter((seq) => seq > revokedAt)).toEqual([]);
  }
}

test("nothing stands behind a revocation in the ledger, whichever node made it and whichever one reads", async () => {
  await insistNothingBehindRevocations();
});

test("nor when somebody who owns the tables keeps from other nodes what each batch wrote", async () => {
  await owner.query(`
    CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.writes = '{}'; RETURN NEW; END $$;
    CREATE TRIGGER forget BEFORE INSERT ON batches FOR EACH ROW EXECUTE FUNCTION forget()`);
  await insistNothingBehindRevocations();
  const { rows } = await owner.query("SELECT FROM batches WHERE writes = '{}'");
  expect(rows.length).toBeGreaterThan(ROUNDS);
  await owner.query("DROP TRIGGER forget ON batches");
});

test("a request that is sent to both nodes at once under one idempotency key is carried out once", async () => {
  const { token } = await newToken();
  for (let round = 0; round < ROUNDS; round++) {
    const path = `/api/secrets/shared/once-${round}`;
    const headers = { "idempotency-key": `shared-database-${round}` };
    const sent = [...networks, ...networks].map((wire) => wire.bearing(token).put(path, { value: "v" }, { headers }));
    const answers = await Promise.all(sent);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect((await admins[0].get(path)).output()).toMatchObject({ version: 1 });
  }
});

test("what is held by a stranger's session for ever costs time, and nothing else", async () => {
  await owner.query("SELECT pg_advisory_lock(1212612608, 1)");
  for (const admin of admins) (await admin.put(SECRET, { value: "without a turn" })).output();
  await owner.query("SELECT pg_advisory_unlock(1212612608, 1)");
  await owner.query("BEGIN; LOCK TABLE head IN ACCESS EXCLUSIVE MODE");
  const held = await admins[0].put(SECRET, { value: "lost" });
  expect([held.status, held.code]).toEqual([503, "storage_failed"]);
  await owner.query("ROLLBACK");
  await expect.poll(async () => (await admins[0].get(SECRET)).status, { timeout: 20_000 }).toBe(200);
  expect((await admins[0].get(SECRET)).output()).toMatchObject({ value: "without a turn" });
});

test("a database that was put back to an older state gets no more entries, and no node starts on it", async () => {
  const [node] = cluster.nodes;
  const { rows } = await owner.query<Record<string, unknown>>("SELECT * FROM head");
  const older = rows[0] as Record<string, unknown>;
  (await admins[0].put(SECRET, { value: "newer" })).output();
  expect((await admins[0].get("/api/audit/checkpoint")).status).toBe(200);
  await owner.query(`
    ALTER TABLE head DISABLE TRIGGER USER; ALTER TABLE entries DISABLE TRIGGER USER; BEGIN;
    DELETE FROM entries WHERE seq >= ${String(older["size"])}; DELETE FROM batches WHERE next_seq > ${String(older["size"])}`);
  const back = "UPDATE head SET size = $1, chain = $2, root = $3, signature = $4";
  await owner.query(
    back,
    ["size", "chain", "root", "signature"].map((name) => older[name]),
  );
  await owner.query("COMMIT");
  await expect.poll(async () => (await admins[1].get(SECRET)).status, { timeout: 10_000 }).toBe(503);
  await expect.poll(() => node?.server().output(), { timeout: 10_000 }).toMatch(/"code":"database_rolled_back"/);
  await node?.stop();
  await expect(node?.start()).rejects.toThrow(/^exit 14:\n[^]*is known from elsewhere/);
});
