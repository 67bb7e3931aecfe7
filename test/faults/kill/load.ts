import { randomUUID } from "node:crypto";
import { type Client, ClientError } from "@holdfast/client";
import { type Begun, HOT_KEY, type Told } from "./told.ts";

/** What a client sees of a server that dies. */
const DEATH: ReadonlySet<string> = new Set(["connection_lost", "connection_failed"]);
/** Refused, and said so: nothing was done. */
const NOT_DONE: ReadonlySet<string> = new Set(["version_mismatch", "busy", "overloaded"]);

/** A client of its own for each worker. */
export type Connect = (worker: number) => Client;

interface Load {
  readonly connect: Connect;
  readonly prefix: string;
  readonly told: Told;
}

/** Writers of their own keys, writers of one hot key, and readers, until the server dies. */
export async function loadUntilDeath({ connect, prefix, told }: Load): Promise<void> {
  const workers: ((client: Client, worker: number) => Promise<void>)[] = [];
  for (let writer = 0; writer < 4; writer++) {
    const key = `${prefix}/writer-${writer}`;
    told.keys.push(key);
    workers.push((client, worker) => write(client, { key, ...fresh(worker) }, told));
  }
  for (let counter = 0; counter < 2; counter++) workers.push((client, worker) => countUp(client, worker, told));
  for (let reader = 0; reader < 2; reader++) workers.push((client) => readAny(client, told));
  await Promise.all(workers.map((work, index) => untilDeath(connect(index), (client) => work(client, index))));
}

async function untilDeath(client: Client, work: (client: Client) => Promise<void>): Promise<void> {
  try {
    for (;;) await unlessNotDone(work(client));
  } catch (error) {
    if (!isDeath(error)) throw error;
  } finally {
    client.close();
  }
}

const isOneOf = (codes: ReadonlySet<string>, error: unknown) => error instanceof ClientError && codes.has(error.code);
export const isDeath = (error: unknown): boolean => isOneOf(DEATH, error);

async function unlessNotDone(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isOneOf(NOT_DONE, error)) throw error;
  }
}

const fresh = (worker: number) => ({ worker, value: randomUUID(), idempotencyKey: randomUUID() });

async function countUp(client: Client, worker: number, told: Told): Promise<void> {
  const cas = await client.secrets.read(HOT_KEY).then(({ version }) => version, whenMissing);
  await write(client, { key: HOT_KEY, cas, ...fresh(worker) }, told);
}

function whenMissing(error: unknown): number {
  if (error instanceof ClientError && error.code === "not_found") return 0;
  throw error;
}

/** In doubt from before it is sent until its answer is there, so that a death at any moment leaves it there. */
async function write(client: Client, begun: Begun, told: Told): Promise<void> {
  told.inDoubt.push(begun);
  try {
    told.written.push({ ...begun, ...(await put(client, begun)) });
    told.onWritten(told.written.length);
  } catch (error) {
    if (isDeath(error)) throw error;
    settle(begun, told);
    throw error;
  }
  settle(begun, told);
}

const settle = (begun: Begun, { inDoubt }: Told) => inDoubt.splice(inDoubt.indexOf(begun), 1);

/** One attempt: whether it was done is what this is about. */
export async function put(client: Client, begun: Begun): Promise<{ readonly version: number; readonly seq: number }> {
  const { key, value, cas, idempotencyKey } = begun;
  let seq = -1;
  const onAnswer = (facts: { readonly seq: number | undefined }) => {
    seq = facts.seq ?? -1;
  };
  const input = { value, ...(cas === undefined ? {} : { cas }) };
  const { version } = await client.secrets.put(key, input, { retries: 0, idempotencyKey, onAnswer });
  return { version, seq };
}

/** Whoever reads what was acknowledged before sees that, or something newer. */
async function readAny(client: Client, told: Told): Promise<void> {
  const expected = told.written.at(-1);
  if (expected === undefined) return void (await client.status());
  const { version } = await client.secrets.read(expected.key, {
    retries: 0,
    onAnswer: ({ seq }) => void told.readAt.push(seq ?? -1),
  });
  if (version < expected.version) throw new Error(`${expected.key}: read version ${version} after ${expected.version}`);
}
