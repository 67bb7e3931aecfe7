import { StorageFault } from "@holdfast/engine";
import type { BatchResult, WriterSubmission } from "@holdfast/engine/back-end";
import type { Client } from "pg";
import { type Builder, type BuiltBatch, buildBatch } from "./build-batch.ts";
import { type CommitAnswer, commitStatement, type NewBatch } from "./commit-statement.ts";
import { isRetryable, isWithoutEffect } from "./database-error.ts";
import { Statements } from "./placeholders.ts";
import type { Position } from "./tip.ts";
import { Turn } from "./turn.ts";

/** A batch that finds no way to the ledger for so long is given up: nothing of it stands. */
const MAX_COMMIT_MS = 5_000;
/** So many batches in a row that no other node came between: the next goes without asking for its turn. */
const QUIET_BATCHES = 16;
const MAX_PAUSE_MS = 40;

export interface CommitAttemptsOptions {
  readonly client: Client;
  readonly position: Position;
  readonly builder: Builder;
  readonly hasLocks: boolean;
  readonly nowMs: () => number;
  /** Brings the position to the newest head; whether it moved. */
  readonly catchUp: () => Promise<boolean>;
  readonly onContended: (retries: number) => void;
}

/** One attempt to commit: what came of it. */
type Attempt =
  | { readonly kind: "stands"; readonly built: BuiltBatch; readonly statementMs: number }
  | { readonly kind: "again" };

/** Commits batches on top of a head that other nodes move too: each batch is tried until it stands, or cannot. */
export class CommitAttempts {
  readonly #options: CommitAttemptsOptions;
  readonly #turn: Turn;
  readonly #statements = new Statements();
  #quietBatches = 0;

  constructor(options: CommitAttemptsOptions) {
    this.#options = options;
    this.#turn = new Turn(options.client);
  }

  /** Other nodes are writing: from now on turns are asked for. */
  meetOthers(): void {
    this.#quietBatches = 0;
  }

  /** Throws `write_failed` when nothing of the batch stands, anything else when it may. */
  async commit(batch: readonly WriterSubmission[]): Promise<BatchResult> {
    const startedAt = performance.now();
    const nowMs = this.#options.nowMs();
    const found = new Map<string, number>();
    for (let retries = 0; performance.now() - startedAt < MAX_COMMIT_MS; retries++) {
      if (retries > 1) await pause(Math.random() * Math.min(MAX_PAUSE_MS, 2 ** retries));
      const attempt = await this.#attempt(batch, found, nowMs);
      if (attempt.kind === "again") continue;
      if (retries > 0) this.#options.onContended(retries);
      return resultOf(attempt, nowMs, performance.now() - startedAt);
    }
    throw new StorageFault("write_failed", "Other nodes were always first; nothing of the batch was written.");
  }

  /** In its turn: catch up, judge, build, send. Without others about, at once on the head this node knows. */
  async #attempt(batch: readonly WriterSubmission[], found: Map<string, number>, nowMs: number): Promise<Attempt> {
    const { builder, position } = this.#options;
    const isHeld = this.#quietBatches < QUIET_BATCHES && (await this.#takeTurn(found));
    const built = buildBatch(builder, position, batch, found, nowMs);
    if (built.batch !== undefined) return this.#send(built, built.batch, isHeld, found);
    if (isHeld) await this.#turn.giveBack();
    return { kind: "stands", built, statementMs: 0 };
  }

  /** Asks for the turn and looks what is new, in one go: what is sent behind the question runs after its answer. */
  async #takeTurn(found: Map<string, number>): Promise<boolean> {
    const { hasLocks, catchUp } = this.#options;
    const taking = hasLocks ? this.#turn.take() : Promise.resolve(false);
    const [isHeld, isMoved] = await Promise.all([taking, catchUp()]);
    // Versions that were found belong to the head they were found under.
    if (isMoved) found.clear();
    return isHeld;
  }

  async #send(built: BuiltBatch, batch: NewBatch, isHeld: boolean, found: Map<string, number>): Promise<Attempt> {
    const sentAt = performance.now();
    const sending = this.#query(batch);
    const givingBack = isHeld ? this.#turn.giveBack() : Promise.resolve();
    const [sent, back] = await Promise.allSettled([sending, givingBack]);
    if (sent.status === "rejected") return this.#failed(sent.reason);
    if (back.status === "rejected") throw back.reason;
    const { fenced, misses, size } = sent.value;
    if (fenced === 1) {
      this.#stand(built, batch);
      return { kind: "stands", built, statementMs: performance.now() - sentAt };
    }
    const isSameHead = (size ?? 0) === (batch.before?.size ?? 0);
    if (isSameHead && misses !== null) for (const { at, rev } of misses) found.set(built.rowKeys[at] as string, rev);
    else this.#quietBatches = 0;
    return { kind: "again" };
  }

  #stand({ tip }: BuiltBatch, { writes, head }: NewBatch): void {
    const { position } = this.#options;
    position.tip = tip;
    position.window.record(writes, head.size - 1);
    this.#quietBatches++;
  }

  /** A statement that surely did nothing is tried again or given up; after anything else only the database knows. */
  #failed(cause: unknown): Attempt {
    this.#quietBatches = 0;
    if (isRetryable(cause)) return { kind: "again" };
    if (isWithoutEffect(cause)) throw new StorageFault("write_failed", "The batch could not be written.", cause);
    throw new StorageFault("database_unreachable", "What became of a batch is not known.", cause);
  }

  async #query(batch: NewBatch): Promise<CommitAnswer> {
    const { text, values } = commitStatement(batch);
    // The same kinds of changes make the same text: each is planned once.
    const { rows } = await this.#options.client.query<CommitAnswer>({ ...this.#statements.get(text), values });
    return rows[0] as CommitAnswer;
  }
}

function resultOf(
  { built, statementMs }: Extract<Attempt, { kind: "stands" }>,
  nowMs: number,
  commitMs: number,
): BatchResult {
  const { tip, misses, batch } = built;
  return {
    firstSeq: batch === undefined ? tip.head.size : (batch.before?.size ?? 0),
    timeMs: tip.timeMs,
    misses,
    head: tip.head,
    checkpoint: undefined,
    clockBackMs: Math.max(0, tip.timeMs - nowMs),
    commitMs,
    fsyncMs: statementMs,
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
