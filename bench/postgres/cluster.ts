import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { Bench } from "../measure/bench.ts";
import { Child } from "../server/child.ts";
import { fill } from "../server/fill.ts";
import { keys } from "../server/filled-folder.ts";
import { type Folder, folderIn } from "../server/folder.ts";
import type { DatabaseServer } from "./database-server.ts";

const up = fileURLToPath(new URL("../server/up.ts", import.meta.url));
/** As packages/cli/bin/holdfast starts a server. */
const command = [process.execPath, "--disable-sigusr1", "--max-semi-space-size=16", up];
const firstEntries = 1_000;

/** A server's processes that are loaded as one: several nodes, or the one of an embedded store. */
export interface Cluster {
  readonly nodes: readonly Child[];
  readonly sockets: readonly string[];
}

/** Data folders of the nodes on one database, and how they are told of it. */
export interface NodeFolders {
  readonly databaseUrl: string;
  readonly folders: readonly Folder[];
}

/** A database of its own with a ledger of 1,000 entries, which include all keys, and the folders of so many nodes. */
export async function prepareNodes(
  { folder }: Bench,
  server: DatabaseServer,
  name: string,
  count: number,
): Promise<NodeFolders> {
  const { url } = await server.createDatabase();
  const shared = { HOLDFAST_STORAGE_URL: url, HOLDFAST_ROOT_KEY: randomBytes(32).toString("hex") };
  const folders = Array.from({ length: count }, (_, index) => {
    const node = folderIn(folder, `${name}-${index + 1}`);
    return { ...node, env: { ...node.env, ...shared, HOLDFAST_NODE_NAME: `node-${index + 1}` } };
  });
  await fill(folders[0]!, keys, firstEntries);
  return { databaseUrl: url, folders };
}

/** Starts a server on each folder. */
export async function startCluster(folders: readonly Folder[]): Promise<Cluster> {
  const started = await Promise.allSettled(folders.map(({ env }) => Child.start(command, env)));
  const nodes = started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failed = started.find((one) => one.status === "rejected");
  if (failed === undefined) return { nodes, sockets: folders.map(({ socket }) => socket) };
  await stopCluster({ nodes });
  throw failed.reason;
}

export async function stopCluster({ nodes }: Pick<Cluster, "nodes">): Promise<void> {
  await Promise.all(nodes.map((node) => node.stop()));
}
