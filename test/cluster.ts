import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, superuserUrl, type TestDatabase } from "./postgres.ts";
import { type Proxy, startProxy } from "./proxy.ts";
import { type ServerOptions, startServer, type TestServer } from "./server.ts";
import { storageFeatures } from "./storage.ts";

export interface ClusterOptions {
  /** The PostgreSQL server, by its superuser's address; the one that these tests share when left out. */
  readonly postgres?: string;
  /** For every node. */
  readonly env?: ServerOptions["env"];
}

/** One of several servers on one database: a process with a data folder, a name, and a network of its own. */
export interface Node {
  readonly name: string;
  /** The process of now, or the last one; another one after each start. */
  readonly server: () => TestServer;
  /** The network between this node and the database. */
  readonly network: Proxy;
  /** Starts it again; on what `env` adds. */
  start(env?: ServerOptions["env"]): Promise<TestServer>;
  stop(): Promise<number | null>;
  kill(): Promise<void>;
  /** Stops it in the middle of whatever it does, its connections open, as a machine does that is starved or moved. */
  pause(): void;
  /** Lets it go on with what it believed when it was paused. */
  resume(): void;
}

export interface Cluster {
  readonly nodes: readonly Node[];
  readonly database: TestDatabase;
  /** Ends all nodes, in whatever state they are, and removes what they had. */
  stop(): Promise<void>;
}

/** Starts so many servers at once on an empty database, with one root key. */
export async function startCluster(count: number, options: ClusterOptions = {}): Promise<Cluster> {
  const database = await createDatabase(options.postgres ?? superuserUrl());
  const home = mkdtempSync(join(tmpdir(), "holdfast-cluster-"));
  const rootKeyFile = join(home, "root.key");
  writeFileSync(rootKeyFile, randomBytes(32).toString("hex"), { mode: 0o600 });
  const env = { ...options.env, HOLDFAST_ROOT_KEY_FILE: rootKeyFile };
  const names = Array.from({ length: count }, (_, index) => `node-${index + 1}`);
  const started = await Promise.allSettled(names.map((name) => startNode(name, join(home, name), database.url, env)));
  const nodes = started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.kill()));
    await Promise.all(nodes.map(({ network }) => network.close()));
    await database.drop();
    rmSync(home, { recursive: true, force: true });
  };
  const failed = started.find((one) => one.status === "rejected");
  if (failed === undefined) return { nodes, database, stop };
  await stop();
  throw failed.reason;
}

async function startNode(
  name: string,
  dataDir: string,
  databaseUrl: string,
  env: NonNullable<ServerOptions["env"]>,
): Promise<Node> {
  const { network, url } = await networkTo(databaseUrl);
  const start = (more: ServerOptions["env"] = {}) =>
    startServer({
      dataDir: join(dataDir, "data"),
      env: { HOLDFAST_STORAGE_URL: url, ...storageFeatures, HOLDFAST_NODE_NAME: name, ...env, ...more },
    });
  let server = await start().catch(async (error: unknown) => {
    await network.close();
    throw error;
  });
  return {
    name,
    server: () => server,
    network,
    async start(more) {
      server = await start(more);
      return server;
    },
    stop: () => server.stop(),
    kill: () => server.kill(),
    pause: () => void server.process.kill("SIGSTOP"),
    resume: () => void server.process.kill("SIGCONT"),
  };
}

/** A proxy to the database, and the database's address behind it. */
async function networkTo(databaseUrl: string): Promise<{ readonly network: Proxy; readonly url: string }> {
  const url = new URL(databaseUrl);
  const network = await startProxy({ host: url.hostname, port: Number(url.port || 5432) });
  url.hostname = "127.0.0.1";
  url.port = String(network.port);
  return { network, url: url.href };
}
