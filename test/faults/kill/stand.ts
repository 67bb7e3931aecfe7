import { readFileSync } from "node:fs";
import { type Client, createClient, type HeadStore } from "@holdfast/client";
import { spawnServer, type TestServer } from "../../server.ts";
import { insist } from "../insist.ts";
import { type Before, check, latestVersion } from "./check.ts";
import { laterContains, publishedCheckpoint } from "./checkpoint.ts";
import { type Connect, isDeath, loadUntilDeath } from "./load.ts";
import { HOT_KEY, nothingTold, type Told } from "./told.ts";

const RECOVERED = "the last process did not close the database; recovered what it had committed";
const MOST_WRITES = 100;
const MOST_STARTING_MS = 900;

/** What stays the same from one life of the server to the next. */
export interface Stand {
  readonly dataDir: string;
  readonly random: (below: number) => number;
  readonly heads: HeadStore;
}

/** One memory for every address of this server: a head that was seen through one of them binds all. */
export function keptHeads(): HeadStore {
  let kept: Awaited<ReturnType<HeadStore["load"]>>;
  return {
    load: async () => kept,
    save: async (_server, seen) => {
      kept = seen;
    },
  };
}

const overSocket = ({ socketPath }: TestServer, heads?: HeadStore): Client =>
  createClient({ socketPath, retries: 0, ...(heads && { heads }) });

export async function administratorToken(server: TestServer): Promise<string> {
  const client = overSocket(server);
  const { token } = await client.tokens.create({ roles: ["global-admin"] });
  client.close();
  return token;
}

/** Half of them over the socket, half over HTTPS. */
function connector(server: TestServer, token: string): Connect {
  const ca = readFileSync(server.caPath, "utf8");
  return (worker) =>
    worker % 2 === 0 ? overSocket(server) : createClient({ address: server.address, ca, token, retries: 0 });
}

export interface Life {
  readonly told: Told;
  readonly before: Before;
}

/**
 * Loads the server from several connections over both doors, and kills it after a number of acknowledgements: never after
 * a time, so that it means the same on a slow machine. On the way a signed head is seen, which the next life must continue.
 */
export async function loadAndKill(stand: Stand, server: TestServer, token: string, round: number): Promise<Life> {
  const told = nothingTold();
  const client = overSocket(server, stand.heads);
  const { head } = await client.audit.confirm();
  const before = { size: head.size, hotVersion: await latestVersion(client, HOT_KEY) };
  const connect = connector(server, token);
  const killAt = 1 + stand.random(MOST_WRITES);
  let sighting: Promise<unknown> = Promise.resolve();
  told.onWritten = (count) => {
    if (count === killAt) server.process.kill("SIGKILL");
    else if (count === Math.ceil(killAt / 2)) sighting = client.audit.confirm().catch(unlessDeath);
  };
  try {
    await loadUntilDeath({ connect, prefix: `applications/faults/round-${round}`, told });
    await sighting;
  } finally {
    await server.kill();
    client.close();
  }
  return { told, before };
}

function unlessDeath(error: unknown): void {
  if (!isDeath(error)) throw error;
}

/** Recovery is killed as well, now and then. */
export async function killWhileStarting({ dataDir, random }: Stand): Promise<void> {
  const starting = spawnServer(dataDir, {});
  const ended = new Promise((resolve) => starting.once("exit", resolve));
  setTimeout(() => starting.kill("SIGKILL"), random(MOST_STARTING_MS));
  await ended;
}

/** Returns the size of the ledger. */
export async function checkRestarted(stand: Stand, server: TestServer, token: string, life: Life): Promise<number> {
  insist(server.output().includes(RECOVERED), `the start said nothing of a recovery:\n${server.output()}`);
  const client = overSocket(server, stand.heads);
  try {
    const published = publishedCheckpoint(stand.dataDir);
    await check(client, connector(server, token), life.told, life.before);
    if (published !== undefined) await laterContains(client, published);
    return (await client.audit.confirm()).head.size;
  } finally {
    client.close();
  }
}
