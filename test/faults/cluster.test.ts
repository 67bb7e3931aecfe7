import { setTimeout as sleep } from "node:timers/promises";
import { type Client, createClient } from "@holdfast/client";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Cluster, type Node, startCluster } from "../cluster.ts";
import { type Postgres, startPostgres } from "../postgres/start.ts";
import { superuserUrl } from "../postgres.ts";
import { checkCluster } from "./cluster/check.ts";
import { loadDuring, type Seen } from "./cluster/load.ts";

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

/** Under the load of clients that do not hurry: a start says nothing about them. */
async function startedAgain(node: Node, during: Seen): Promise<void> {
  during.isHurried = false;
  await node.start();
  during.isHurried = true;
}

type Disturbance = (cluster: Cluster, seen: Seen) => Promise<void>;

/** One after the other under one load, with time to recover in between; then everything that was seen has to hold. */
async function disturbed(
  options: Parameters<typeof startCluster>[1],
  disturbances: readonly Disturbance[],
): Promise<Seen> {
  const { cluster, token } = await clusterWithToken(options);
  const seen = await loadDuring(cluster.nodes, token, "applications/cluster", async (during) => {
    await acknowledged(during, 20);
    for (const disturb of disturbances) {
      await disturb(cluster, during);
      await acknowledged(during, 20);
    }
  });
  await checkCluster(cluster.nodes, seen);
  return seen;
}

/** Each node is killed and started again. */
const kill: Disturbance = async ({ nodes }, during) => {
  for (const node of nodes) {
    await node.kill();
    await acknowledged(during, 10);
    await startedAgain(node, during);
  }
};

/** Backend of whoever holds the lock of the next commit: in the middle of a batch. */
const END_HOLDER = `SELECT pg_terminate_backend(pid) FROM pg_locks
  WHERE locktype = 'advisory' AND granted AND classid = 1212612608
    AND database = (SELECT oid FROM pg_database WHERE datname = $1)`;
const HOLDERS_ENDED = 6;

const endSessions: Disturbance = async ({ database }, during) => {
  const admin = new pg.Client(superuserUrl());
  await admin.connect();
  for (let ended = 0; ended < HOLDERS_ENDED; ) {
    const { rowCount } = await admin.query(END_HOLDER, [new URL(database.url).pathname.slice(1)]);
    ended += rowCount ?? 0;
    if ((rowCount ?? 0) > 0) await acknowledged(during, 5);
  }
  await admin.end();
};

/** Stopped wherever it is, with whatever lock it holds; it wakes up and believes what it believed. */
const pause: Disturbance = async ({ nodes }, during) => {
  for (const node of nodes) {
    node.pause();
    await acknowledged(during, 30);
    node.resume();
    await acknowledged(during, 5);
  }
};

const cut: Disturbance = async ({ nodes }, during) => {
  for (const { network } of nodes) {
    network.cut();
    await acknowledged(during, 20);
    network.mend();
  }
};

/** Without a word, in the middle of a batch: its answer never comes, or its question never arrives. */
const blackhole: Disturbance = async ({ nodes }, during) => {
  const { network } = nodes[0] as Node;
  for (const direction of ["back", "forth"] as const) {
    network.blackhole([direction]);
    await acknowledged(during, 30);
    network.mend();
    await acknowledged(during, 5);
  }
};

const delay: Disturbance = async ({ nodes }, during) => {
  nodes[1]?.network.delay(100);
  await acknowledged(during, 30);
  nodes[1]?.network.delay(0);
};

test("nodes that are killed, stopped, ended in the middle of a commit and cut off lose nothing, and write one chain", async () => {
  const env = { HOLDFAST_STORAGE_TIMEOUT_MS: "2000" };
  const seen = await disturbed({ env }, [kill, endSessions, pause, cut, blackhole, delay]);
  expect(seen.history.length).toBeGreaterThan(100);
});

describe("a PostgreSQL of their own", () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  const restart: Disturbance = () => postgres.restart();

  /** The server then ends all others too, and recovers. */
  const killProcess: Disturbance = async ({ database }) => {
    const writers = "SELECT pid FROM pg_stat_activity WHERE application_name = 'holdfast writer' AND datname = $1";
    const [pid] = await pidsOf(writers, [new URL(database.url).pathname.slice(1)]);
    signal(pid as number, "SIGKILL");
  };

  /** As a stalled disk makes it: calls wait or are refused, and go on afterwards. */
  const stall: Disturbance = async () => {
    const pids = await pidsOf("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()", []);
    for (const pid of pids) signal(pid, "SIGSTOP");
    await sleep(3_000);
    for (const pid of pids) signal(pid, "SIGCONT");
  };

  test("is restarted, loses a process and stands still: nothing acknowledged is missing, and there is one chain", async () => {
    const seen = await disturbed({ postgres: postgres.superuserUrl }, [restart, killProcess, stall]);
    expect(seen.history.length).toBeGreaterThan(50);
  });

  async function pidsOf(sql: string, values: readonly string[]): Promise<readonly number[]> {
    const admin = new pg.Client(postgres.superuserUrl);
    await admin.connect();
    try {
      return (await admin.query<{ readonly pid: number }>(sql, [...values])).rows.map(({ pid }) => pid);
    } finally {
      await admin.end();
    }
  }
});

/** One of them may have ended meanwhile. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ESRCH") throw cause;
  }
}
