import { setTimeout as sleep } from "node:timers/promises";
import { type Client, createClient } from "@holdfast/client";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Cluster, type Node, startCluster } from "../cluster.ts";
import { type Postgres, startPostgres } from "../postgres/start.ts";
import { superuserUrl } from "../postgres.ts";
import { checkCluster } from "./cluster/check.ts";
import { loadDuring, type Seen } from "./cluster/load.ts";
import { randomFrom } from "./random.ts";

const NODES = 3;

async function clusterWithToken(options: Parameters<typeof startCluster>[1] = {}) {
  const cluster = await startCluster(NODES, options);
  onTestFinished(() => cluster.stop());
  const { token } = await atSocket(cluster.nodes[0] as Node, (client) =>
    client.tokens.create({ roles: ["global-admin"] }),
  );
  return { cluster, token };
}

async function atSocket<T>(node: Node, ask: (client: Client) => Promise<T>): Promise<T> {
  const client = createClient({ socketPath: node.server().socketPath });
  try {
    return await ask(client);
  } finally {
    client.close();
  }
}

/** Goes on when so many more writes have been acknowledged: never after a time, so that it means the same everywhere. */
function acknowledged(seen: Seen, more: number): Promise<void> {
  const goal = seen.told.written.length + more;
  return new Promise((resolve) => {
    const before = seen.told.onWritten;
    seen.told.onWritten = (count) => {
      before(count);
      if (count === goal) resolve();
    };
  });
}

async function disturbed(
  options: Parameters<typeof startCluster>[1],
  disturb: (cluster: Cluster, seen: Seen) => Promise<void>,
): Promise<{ readonly cluster: Cluster; readonly seen: Seen }> {
  const { cluster, token } = await clusterWithToken(options);
  const seen = await loadDuring(cluster.nodes, token, "applications/cluster", async (during) => {
    await acknowledged(during, 30);
    await disturb(cluster, during);
    await acknowledged(during, 30);
  });
  await checkCluster(cluster.nodes, seen);
  return { cluster, seen };
}

test("nodes are killed one after the other under load: nothing acknowledged is missing, and there is one chain", async () => {
  const random = randomFrom(3);
  const { seen } = await disturbed({}, async ({ nodes }, during) => {
    for (let round = 0; round < 6; round++) {
      const node = nodes[random(NODES)] as Node;
      await acknowledged(during, 1 + random(40));
      await node.kill();
      await acknowledged(during, 10);
      await node.start();
    }
  });
  expect(seen.told.written.length).toBeGreaterThan(100);
});

/** Backend of whoever holds the lock of the next commit: in the middle of a batch. */
const END_HOLDER = `SELECT pg_terminate_backend(pid) FROM pg_locks
  WHERE locktype = 'advisory' AND granted AND classid = 1212612608
    AND database = (SELECT oid FROM pg_database WHERE datname = $1)`;

test("the database session of whoever is in the middle of a commit is ended, again and again", async () => {
  let ended = 0;
  await disturbed({}, async ({ database }, during) => {
    const admin = new pg.Client(superuserUrl());
    await admin.connect();
    const name = new URL(database.url).pathname.slice(1);
    while (ended < 12) {
      const { rowCount } = await admin.query(END_HOLDER, [name]);
      ended += rowCount ?? 0;
      if ((rowCount ?? 0) > 0) await acknowledged(during, 5);
    }
    await admin.end();
  });
  expect(ended).toBeGreaterThanOrEqual(12);
});

test("a node that was stopped in the middle of its work does not hold up the others, and wakes up fenced", async () => {
  await disturbed({}, async ({ nodes }, during) => {
    for (const node of nodes) {
      node.pause();
      await acknowledged(during, 40);
      node.resume();
      await acknowledged(during, 5);
    }
  });
});

describe("a node is cut off from the database", () => {
  test("with broken connections", async () => {
    await disturbed({}, async ({ nodes }, during) => {
      for (const { network } of nodes) {
        network.cut();
        await acknowledged(during, 30);
        network.mend();
      }
    });
  });

  test("without a word, in the middle of a batch: its answer never comes, or its question never arrives", async () => {
    await disturbed({ env: { HOLDFAST_STORAGE_TIMEOUT_MS: "2000" } }, async ({ nodes }, during) => {
      for (const direction of ["back", "forth"] as const) {
        const { network } = nodes[0] as Node;
        network.blackhole([direction]);
        await acknowledged(during, 40);
        network.mend();
        await acknowledged(during, 10);
      }
    });
  });

  test("by a slow network", async () => {
    await disturbed({}, async ({ nodes }, during) => {
      nodes[1]?.network.delay(120);
      await acknowledged(during, 60);
      nodes[1]?.network.delay(0);
    });
  });
});

describe("a PostgreSQL of their own", () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  test("is restarted under load, and one of its processes is killed, which makes it restart itself", async () => {
    await disturbed({ postgres: postgres.superuserUrl }, async ({ database }, during) => {
      await postgres.restart();
      await acknowledged(during, 30);
      const admin = new pg.Client({ connectionString: postgres.superuserUrl });
      await admin.connect();
      const { rows } = await admin.query<{ readonly pid: number }>(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'holdfast writer' AND datname = $1",
        [new URL(database.url).pathname.slice(1)],
      );
      await admin.end();
      process.kill((rows[0] as { readonly pid: number }).pid, "SIGKILL");
      await acknowledged(during, 30);
    });
  });

  test("stands still as on a stalled disk: calls wait or are refused, and go on afterwards", async () => {
    await disturbed({ postgres: postgres.superuserUrl }, async (_, during) => {
      const pids = await processesOf(postgres);
      for (const pid of pids) signal(pid, "SIGSTOP");
      await sleep(4_000);
      for (const pid of pids) signal(pid, "SIGCONT");
      await acknowledged(during, 30);
    });
  });
});

async function processesOf(postgres: Postgres): Promise<readonly number[]> {
  const admin = new pg.Client(postgres.superuserUrl);
  await admin.connect();
  const { rows } = await admin.query<{ readonly pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE pid IS NOT NULL",
  );
  await admin.end();
  return rows.map(({ pid }) => pid);
}

/** One of them may have ended meanwhile. */
function signal(pid: number, name: "SIGSTOP" | "SIGCONT"): void {
  try {
    process.kill(pid, name);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ESRCH") throw cause;
  }
}
