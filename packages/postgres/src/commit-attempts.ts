import { StorageFault } from "@holdfast/engine";
import type { BatchResult, Miss, WriterSubmission } from "@holdfast/engine/back-end";
import type { Client } from "pg";
import { type Builder, type BuiltBatch, buildBatch } from "./build-batch.ts";
import { type CommitAnswer, commitStatement, type NewBatch } from "./commit-statement.ts";
import { isRetryable, isWithoutEffect } from "./database-error.ts";
import { Statements } from "./placeholders.ts";
import type { FoundRevs } from "./row-changes.ts";
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

/** A batch on its way, with what its attempts have found out. */
interface Trial {
  readonly batch: readonly WriterSubmission[];
  /** Submissions that conflict for good, by their place. */
  readonly conflicts: Map<number, Miss>;
  nowMs: number;
}

const NOTHING_FOUND: FoundRevs = new Map();

/** Commits batches on top of a head that other nodes move too: each batch is tried until it stands, or cannot. */
export class CommitAttempts {
  readonly #options: CommitAttemptsOptions;
  readonly #turn: Turn;
  readonly #statements = new Statements();
  #quietBatches = 0;
  #isHeld = false;

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
    const trial: Trial = { batch, conflicts: new Map(), nowMs: 0 };
    try {
      for (let retries = 0; performance.now() - startedAt < MAX_COMMIT_MS; retries++) {
        if (retries > 1 && !this.#isHeld) await pause(Math.random() * Math.min(MAX_PAUSE_MS, 2 ** retries));
        trial.nowMs = this.#options.nowMs();
        const attempt = await this.#attempt(trial);
        if (attempt.kind === "again") continue;
        if (retries > 0) this.#options.onContended(retries);
        return resultOf(attempt, trial.nowMs, performance.now() - startedAt);
      }
      throw new StorageFault("write_failed", "Other nodes were always first; nothing of the batch was written.");
    } finally {
      if (this.#isHeld) await this.#giveBack();
    }
  }

  /** In its turn: catch up, judge, build, send. Without others about, at once on the head this node knows. */
  async #attempt(trial: Trial): Promise<Attempt> {
    if (this.#isHeld) await this.#options.catchUp();
    else if (this.#quietBatches < QUIET_BATCHES) await this.#takeTurn();
    const built = this.#build(trial, NOTHING_FOUND);
    if (built.batch === undefined) return { kind: "stands", built, statementMs: 0 };
    return this.#send(trial, built, built.batch);
  }

  #build({ batch, conflicts, nowMs }: Trial, found: FoundRevs): BuiltBatch {
    return buildBatch(this.#options.builder, this.#options.position, batch, { found, conflicts }, nowMs);
  }

  /** Asks for the turn and looks what is new, in one go: what is sent behind the question runs after its answer. */
  async #takeTurn(): Promise<void> {
    const { hasLocks, catchUp } = this.#options;
    const taking = hasLocks ? this.#turn.take() : Promise.resolve(false);
    [this.#isHeld] = await Promise.all([taking, catchUp()]);
  }

  /** The lock goes with the batch that stands; else it is kept, or a batch with one wrong row would lose its turn each time. */
  async #send(trial: Trial, built: BuiltBatch, batch: NewBatch): Promise<Attempt> {
    const sentAt = performance.now();
    const sending = this.#query(batch);
    const givingBack = this.#isHeld ? this.#turn.giveBackIf(batch.head.chain) : Promise.resolve(false);
    const [sent, back] = await Promise.allSettled([sending, givingBack]);
    if (back.status === "fulfilled" && back.value) this.#isHeld = false;
    if (sent.status === "rejected") return this.#failed(sent.reason);
    if (back.status === "rejected") throw back.reason;
    const { fenced, misses, size } = sent.value;
    if (fenced === 1) {
      this.#stand(built, batch);
      return { kind: "stands", built, statementMs: performance.now() - sentAt };
    }
    const isSameHead = (size ?? 0) === (batch.before?.size ?? 0);
    if (isSameHead && misses !== null) this.#noteConflicts(trial, built, misses);
    else this.#quietBatches = 0;
    return { kind: "again" };
  }

  /** Rows were not as expected at the head that this node knows: those who expected it conflict, whatever comes later. */
  #noteConflicts(trial: Trial, { rowKeys }: BuiltBatch, misses: NonNullable<CommitAnswer["misses"]>): void {
    const found = new Map(misses.map(({ at, rev }) => [rowKeys[at] as string, rev]));
    for (const miss of this.#build(trial, found).misses) {
      if (miss.status === "conflict") trial.conflicts.set(miss.index, miss);
    }
  }

  async #giveBack(): Promise<void> {
    this.#isHeld = false;
    await this.#turn.giveBack();
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
