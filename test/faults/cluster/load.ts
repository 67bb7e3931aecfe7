import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Client, ClientError, createClient } from "@holdfast/client";
import type { Node } from "../../cluster.ts";
import type { Operation } from "../../linearizability/check.ts";
import { put } from "../kill/load.ts";
import { type Begun, nothingTold, type Told } from "../kill/told.ts";

/** Read and written by check-and-set from everywhere; what its clients saw is checked as a history of one register. */
const REGISTER = "applications/cluster/register";

const OWN_WRITERS = 4;
const REGISTER_WORKERS = 5;
const READERS = 2;
const PAUSE_AFTER_REFUSAL_MS = 20;
/** Between two calls of a client while nobody waits for what is acknowledged, such as during a start. */
const UNHURRIED_MS = 50;
const CALL_TIMEOUT_MS = 4_000;

/** Whether it was done is not known. */
const IN_DOUBT = new Set(["connection_lost", "timed_out", "storage_failed", "timeout", "internal"]);
/** Nothing was done, and trying again is right. */
const NOT_DONE = new Set(["connection_failed", "busy", "overloaded"]);

/** What a cluster's clients saw while it was disturbed. */
export interface Seen {
  readonly told: Told;
  readonly history: Operation[];
  /** Everything that no client should have to see. */
  readonly surprises: string[];
  readonly refusals: Map<string, number>;
  /** Whether clients call without a pause: set before a disturbance, so that it meets them all in the middle of a call. */
  isHurried: boolean;
}

/**
 * Clients that go from node to node, as behind a balancer, while `disturb` runs and until every one of them has been
 * acknowledged something afterwards. Each is one after the other: an answer belongs to one call.
 */
export async function loadDuring(
  nodes: readonly Node[],
  token: string,
  prefix: string,
  disturb: (seen: Seen) => Promise<void>,
): Promise<Seen> {
  const seen: Seen = { told: nothingTold(), history: [], surprises: [], refusals: new Map(), isHurried: true };
  const round = { isOver: false };
  const workers = [
    ...Array.from({ length: OWN_WRITERS }, (_, at) => writer(seen, `${prefix}/writer-${at}`)),
    ...Array.from({ length: REGISTER_WORKERS }, () => registerUser(seen)),
    ...Array.from({ length: READERS }, () => reader(seen)),
  ];
  const working = workers.map((work, at) => untilOver(new Balanced(nodes, token, at), work, at, seen, round));
  try {
    await disturb(seen);
  } finally {
    round.isOver = true;
  }
  await Promise.all(working);
  return seen;
}

type Work = (client: Client, worker: number) => Promise<void>;

/** One client a node, each made when it is first used: a node that was started again has another address. */
class Balanced {
  readonly #nodes: readonly Node[];
  readonly #token: string;
  #at: number;
  #client: Client | undefined;

  constructor(nodes: readonly Node[], token: string, at: number) {
    this.#nodes = nodes;
    this.#token = token;
    this.#at = at;
  }

  client(): Client {
    const { address, caPath } = (this.#nodes[this.#at % this.#nodes.length] as Node).server();
    this.#client ??= createClient({
      address,
      ca: readFileSync(caPath, "utf8"),
      token: this.#token,
      retries: 0,
      timeoutMs: CALL_TIMEOUT_MS,
    });
    return this.#client;
  }

  next(): void {
    this.#client?.close();
    this.#client = undefined;
    this.#at++;
  }
}

/** Goes on until the disturbance is over and one more call has succeeded. */
async function untilOver(
  balanced: Balanced,
  work: Work,
  worker: number,
  seen: Seen,
  round: { readonly isOver: boolean },
): Promise<void> {
  for (let calls = 1; ; calls++) {
    const wasOver = round.isOver;
    try {
      await work(balanced.client(), worker);
      if (wasOver) break;
      // Now and then to another node, also when nothing is wrong with this one.
      if (calls % 8 === 0) balanced.next();
      if (!seen.isHurried) await sleep(UNHURRIED_MS);
    } catch (error) {
      note(error, seen);
      balanced.next();
      await sleep(PAUSE_AFTER_REFUSAL_MS);
    }
  }
  balanced.next();
}

function note(error: unknown, { surprises, refusals }: Seen): void {
  const code = error instanceof ClientError ? error.code : "not a client's error";
  refusals.set(code, (refusals.get(code) ?? 0) + 1);
  if (!NOT_DONE.has(code) && (!IN_DOUBT.has(code) || code === "internal")) surprises.push(String(error));
}

const isOf = (codes: ReadonlySet<string>, error: unknown): boolean =>
  error instanceof ClientError && codes.has(error.code);

/** The one writer of its key. */
function writer(seen: Seen, key: string): Work {
  seen.told.keys.push(key);
  return async (client, worker) => {
    const begun: Begun = { key, worker, value: randomUUID(), idempotencyKey: randomUUID() };
    try {
      seen.told.written.push({ ...begun, ...(await put(client, begun)) });
      seen.told.onWritten(seen.told.written.length);
    } catch (error) {
      if (isOf(IN_DOUBT, error)) seen.told.inDoubt.push(begun);
      throw error;
    }
  };
}

/** Reads the register, and writes it over what was read; sometimes over what is surely gone. */
function registerUser(seen: Seen): Work {
  let version = 0;
  let turns = 0;
  return async (client) => {
    turns++;
    if (turns % 3 !== 0) version = await readRegister(client, seen);
    else version = await writeRegister(client, turns % 9 === 0 ? Math.max(0, version - 1) : version, seen);
  };
}

async function readRegister(client: Client, seen: Seen): Promise<number> {
  const calledAt = performance.now();
  const found = await client.secrets.read(REGISTER, { retries: 0 }).then(
    ({ version, value }) => ({ version, value: value as string }),
    (error: unknown) => {
      if (isOf(new Set(["not_found"]), error)) return { version: 0, value: undefined };
      throw error;
    },
  );
  seen.history.push({ kind: "read", calledAt, answeredAt: performance.now(), found });
  return found.version;
}

async function writeRegister(client: Client, expected: number, seen: Seen): Promise<number> {
  const value = randomUUID();
  const calledAt = performance.now();
  const add = (outcome: "done" | "conflict" | "unknown") => {
    const answeredAt = outcome === "unknown" ? Infinity : performance.now();
    seen.history.push({ kind: "write", calledAt, answeredAt, expect: expected, value, outcome });
  };
  try {
    const { version } = await client.secrets.put(REGISTER, { value, cas: expected }, { retries: 0 });
    add("done");
    return version;
  } catch (error) {
    if (isOf(new Set(["version_mismatch", "already_exists"]), error)) {
      add("conflict");
      return expected;
    }
    if (isOf(IN_DOUBT, error)) add("unknown");
    throw error;
  }
}

/** Whoever reads what was acknowledged before, at whichever node, sees that or something newer. */
function reader(seen: Seen): Work {
  return async (client) => {
    const expected = seen.told.written.at(-1);
    if (expected === undefined) return void (await client.status());
    let at = -1;
    const onAnswer = ({ seq }: { readonly seq: number | undefined }) => void (at = seq ?? -1);
    const { version } = await client.secrets.read(expected.key, { retries: 0, onAnswer });
    seen.told.readAt.push(at);
    if (version < expected.version) {
      seen.surprises.push(`${expected.key}: read version ${version} after ${expected.version}`);
    }
  };
}
