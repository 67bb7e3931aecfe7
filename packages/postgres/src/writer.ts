import { StorageFault, type StoredCheckpoint, type Table, type TreeHead } from "@holdfast/engine";
import {
  type BatchResult,
  checkLedger,
  type Recovery,
  type Reply,
  type WriterSubmission,
} from "@holdfast/engine/back-end";
import { blake3, sha256, signerFromSeed } from "@holdfast/engine/crypto";
import { toHex } from "@holdfast/kernel/bytes";
import type { Signer } from "@holdfast/kernel/crypto";
import { genesis } from "@holdfast/kernel/entry";
import { type SignedHead, signHead } from "@holdfast/kernel/head";
import { emptyRoot } from "@holdfast/kernel/merkle";
import { createTree } from "@holdfast/kernel/tiles";
import type { Client } from "pg";
import { catchUp, loaded } from "./catch-up.ts";
import { CommitAttempts } from "./commit-attempts.ts";
import { connect } from "./connect.ts";
import { Feed } from "./feed.ts";
import { issueCheckpoint } from "./issue-checkpoint.ts";
import { PostgresLedgerReader } from "./ledger-reader.ts";
import { setDurable, setPlanSettings } from "./plan-settings.ts";
import type { PostgresSettings } from "./settings.ts";
import { Position } from "./tip.ts";

/** Everything the writer is told; it can be cloned into a worker thread. */
export interface PostgresWriterOptions {
  readonly settings: PostgresSettings;
  /** Name of this node, for whoever looks who wrote a batch. */
  readonly node: string;
  readonly tables: readonly Table[];
  /** `holdfast/log/<id>`: taken by a new ledger, insisted on in one that exists. */
  readonly origin: string;
  /** Seed of the log's Ed25519 key. */
  readonly signingSeed: Uint8Array;
  /** Key of the row MACs. */
  readonly stateKey: Uint8Array;
  /** Heads and checkpoints known from elsewhere: the database must contain each of them. */
  readonly known: readonly TreeHead[];
}

/** What tests replace. */
export interface PostgresWriterDependencies {
  readonly connect: typeof connect;
  readonly nowMs: () => number;
}

/** How long a hint may wait for a commit to find out by itself. */
const HINT_MS = 5;

const SYSTEM: PostgresWriterDependencies = { connect, nowMs: Date.now };

/** Owns the write connection of this node; the ledger's one head decides which node's batch comes next. */
export class PostgresWriter {
  readonly #options: PostgresWriterOptions;
  readonly #dependencies: PostgresWriterDependencies;
  readonly #tell: (reply: Reply) => void;
  readonly #signer: Signer;
  #client: Client | undefined;
  #reader!: PostgresLedgerReader;
  #position!: Position;
  #attempts!: CommitAttempts;
  #feed: Feed | undefined;
  #isLooking = false;
  #isCommitting = false;
  #hint: NodeJS.Timeout | undefined;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(
    options: PostgresWriterOptions,
    tell: (reply: Reply) => void,
    dependencies: PostgresWriterDependencies = SYSTEM,
  ) {
    this.#options = options;
    this.#tell = tell;
    this.#dependencies = dependencies;
    this.#signer = signerFromSeed(options.signingSeed);
  }

  /** False once the connection is lost or the ledger is not what it was: only a new writer may go on. */
  get isUsable(): boolean {
    return this.#client !== undefined;
  }

  /** Connects, and checks the ledger against its signatures and what is known from elsewhere. `onLost`: comes once. */
  async open(onLost: (message: string) => void): Promise<Recovery> {
    const { settings } = this.#options;
    const startedAt = performance.now();
    const client = await this.#dependencies.connect(settings, "writer");
    this.#client = client;
    this.#reader = new PostgresLedgerReader(client);
    await setDurable(client);
    await setPlanSettings(client);
    await insistWritable(client);
    const recovery = await this.#recover(client, startedAt);
    this.#attempts = this.#attemptsOn(client);
    // Not before: until then whatever ends the connection is the reason why it cannot be opened, and is said as that.
    client.once("error", (cause: Error) => {
      this.#client = undefined;
      onLost(cause.message);
    });
    this.#feed = new Feed({
      connect: settings.hasNotify ? () => this.#dependencies.connect(settings, "listener") : undefined,
      ownProcessId: (client as unknown as { readonly processID: number | null }).processID ?? undefined,
      pollMs: settings.pollMs,
      onHint: () => this.#hear(onLost),
      onPoll: () => this.#look(onLost),
      onListening: (isListening, reason) => this.#tell({ kind: "event", event: { kind: "feed", isListening, reason } }),
    });
    return recovery;
  }

  /** Commits all that still hold. Throws `write_failed` when nothing of the batch stands, anything else when it may. */
  commit(batch: readonly WriterSubmission[]): Promise<BatchResult> {
    this.#isCommitting = true;
    const committing = this.#inOrder(() => {
      this.#connected();
      return this.#attempts.commit(batch);
    });
    return committing.finally(() => {
      this.#isCommitting = false;
    });
  }

  /** Signs and persists a checkpoint when the ledger has grown since the last one, or finds that another node did. */
  checkpoint(): Promise<StoredCheckpoint | undefined> {
    return this.#inOrder(async () => {
      const client = this.#connected();
      await this.#catchUp(client);
      const { tip } = this.#position;
      if (tip.head.size <= (tip.checkpoint?.size ?? 0)) return tip.checkpoint;
      const issued = await issueCheckpoint(client, this.#reader, this.#signer, tip);
      if (issued === undefined) await this.#catchUp(client);
      else this.#position.tip = { ...tip, checkpoint: issued };
      return this.#position.tip.checkpoint;
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#hint);
    await this.#feed?.stop();
    await this.#tail;
    const client = this.#client;
    this.#client = undefined;
    await client?.end();
  }

  /**
   * One thing at a time on the connection. After a failure that says more than that a batch was not written (the
   * connection is gone, the ledger is another one), this writer does nothing more: the next one looks anew.
   */
  #inOrder<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task).catch((cause: unknown) => {
      if (!(cause instanceof StorageFault) || cause.code !== "write_failed") this.#giveUp();
      throw cause;
    });
    this.#tail = result.catch(() => undefined);
    return result;
  }

  #giveUp(): void {
    this.#client?.end().catch(() => undefined);
    this.#client = undefined;
  }

  #connected(): Client {
    if (this.#client === undefined) throw new StorageFault("database_unreachable", "The database is not connected.");
    return this.#client;
  }

  #attemptsOn(client: Client): CommitAttempts {
    const { stateKey, node, settings } = this.#options;
    return new CommitAttempts({
      client,
      position: this.#position,
      builder: { signer: this.#signer, stateKey, node, isNotified: settings.hasNotify },
      hasLocks: settings.hasLocks,
      nowMs: this.#dependencies.nowMs,
      catchUp: () => this.#catchUp(client),
      onContended: (retries) => this.#tell({ kind: "event", event: { kind: "contended", retries } }),
    });
  }

  async #recover(client: Client, startedAt: number): Promise<Recovery> {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const checked = await this.#checkLedger();
    await client.query("COMMIT");
    const durationMs = performance.now() - startedAt;
    return { isNew: !this.#position.tip.exists, versionFound: 1, wasUnclean: false, ...checked, durationMs };
  }

  async #checkLedger(): Promise<Pick<Recovery, "head" | "checkpoint" | "verifiedFrom" | "isCheckpointMissing">> {
    const { origin, known } = this.#options;
    if ((await this.#reader.head()) === undefined) return this.#begin(origin, known);
    const { publicKey } = this.#signer;
    const checked = await checkLedger(this.#reader, { origin, publicKey, known });
    const { head, checkpoint } = checked;
    this.#position = new Position({ exists: true, head, checkpoint, ...(await loaded(this.#reader, head)) });
    return checked;
  }

  /** A database without a head: the ledger begins with its first batch, or another node's. */
  #begin(origin: string, known: readonly TreeHead[]) {
    if (known.some(({ size }) => size > 0)) {
      throw new StorageFault("database_rolled_back", "The database holds no ledger, but one is known from elsewhere.");
    }
    const head = emptyHead(this.#signer, origin);
    this.#position = new Position({ exists: false, head, tree: createTree(sha256), timeMs: 0, checkpoint: undefined });
    return { head, checkpoint: undefined, verifiedFrom: 0, isCheckpointMissing: false };
  }

  /** Others have written. A commit that is under way, or comes next, finds out by itself; if none does, somebody looks soon. */
  #hear(onLost: (message: string) => void): void {
    if (!this.#isCommitting || this.#client === undefined) return this.#look(onLost);
    this.#hint ??= setTimeout(() => {
      this.#hint = undefined;
      this.#hear(onLost);
    }, HINT_MS);
  }

  /** Hints that come while one waits are the same hint. */
  #look(onLost: (message: string) => void): void {
    if (this.#isLooking || this.#client === undefined) return;
    this.#isLooking = true;
    void this.#inOrder(async () => {
      this.#isLooking = false;
      await this.#catchUp(this.#connected());
    }).catch((cause: unknown) => onLost((cause as Error).message));
  }

  async #catchUp(client: Client): Promise<boolean> {
    const { origin, stateKey } = this.#options;
    const identity = { origin, stateKey, publicKey: this.#signer.publicKey };
    const moved = await catchUp(client, this.#reader, identity, this.#position);
    if (moved === undefined) return false;
    if (moved.batches.length > 0 || moved.isIncomplete) this.#attempts.meetOthers();
    this.#tell({ kind: "moved", moved });
    return true;
  }
}

/** After a failover the address may lead to a server that only follows another: nothing could be recorded there. */
async function insistWritable(client: Client): Promise<void> {
  const { rows } = await client.query<{ readonly transaction_read_only: string }>("SHOW transaction_read_only");
  if (rows[0]?.transaction_read_only !== "on") return;
  throw new StorageFault("database_unreachable", "The database server takes no writes: it follows another one.");
}

function emptyHead(signer: Signer, origin: string): SignedHead {
  const root = toHex(emptyRoot(sha256));
  return signHead(signer, { origin, size: 0, chain: toHex(genesis(blake3, origin)), root, epoch: 0 });
}
