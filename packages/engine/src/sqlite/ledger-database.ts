import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Signer } from "@holdfast/kernel/crypto";
import { KernelError } from "@holdfast/kernel/errors";
import { Appender } from "./appender.ts";
import { Checkpointer } from "./checkpointer.ts";
import { FileGuard } from "./file-guard.ts";
import { missBefore } from "../committer/miss-before.ts";
import type { BatchResult, Miss } from "../committer/batch-result.ts";
import type { StoredCheckpoint } from "../ledger/ledger-reader.ts";
import type { WriterSubmission } from "../committer/pack-batch.ts";
import { RowWriter } from "./row-writer.ts";

interface Transaction {
  readonly begin: StatementSync;
  readonly commit: StatementSync;
  readonly rollback: StatementSync;
  readonly savepoint: StatementSync;
  readonly rollbackTo: StatementSync;
  readonly release: StatementSync;
}

/** The write connection of a recovered database with its statements and the state that goes with them. */
export class LedgerDatabase {
  readonly database: DatabaseSync;
  readonly #appender: Appender;
  readonly #checkpointer: Checkpointer;
  readonly #rows: RowWriter;
  readonly #guard: FileGuard;
  readonly #sql: Transaction;
  readonly #recordEntries: boolean;
  /** Numbers of the submissions that left no entry, in benchmarks without entries. */
  #unrecorded = 0;

  constructor(
    database: DatabaseSync,
    options: { readonly path: string; readonly stateKey: Uint8Array; readonly recordEntries: boolean },
    signer: Signer,
  ) {
    this.database = database;
    this.#appender = new Appender(database, signer);
    this.#checkpointer = new Checkpointer(database, this.#appender.head.origin, signer);
    this.#rows = new RowWriter(database, options.stateKey);
    this.#guard = new FileGuard(options.path);
    this.#guard.remember();
    this.#sql = transactionOf(database);
    this.#recordEntries = options.recordEntries;
  }

  /** One transaction: each submission with all of its changes and its entry, or with none of them. */
  commit(batch: readonly WriterSubmission[], nowMs: number): BatchResult {
    const startedAt = performance.now();
    const clockBackMs = Math.max(0, this.#appender.timeMs - nowMs);
    const firstSeq = this.#nextSeq();
    this.#guard.check();
    this.#sql.begin.run();
    const misses = this.#applyAll(batch, nowMs);
    const checkpoint = this.#nextSeq() === firstSeq ? undefined : this.#finish();
    const fsyncAt = performance.now();
    this.#sql.commit.run();
    const endedAt = performance.now();
    return {
      firstSeq,
      timeMs: this.#appender.timeMs,
      misses,
      head: this.#appender.head,
      checkpoint,
      clockBackMs,
      commitMs: endedAt - startedAt,
      fsyncMs: endedAt - fsyncAt,
    };
  }

  #nextSeq(): number {
    return this.#appender.size + this.#unrecorded;
  }

  #finish(): StoredCheckpoint | undefined {
    if (!this.#recordEntries) return undefined;
    this.#appender.finish();
    return this.#checkpointer.isDue(this.#appender.size) ? this.#checkpointer.issue(this.#appender.tree) : undefined;
  }

  #applyAll(batch: readonly WriterSubmission[], nowMs: number): Miss[] {
    const misses: Miss[] = [];
    const missed = new Set<number>();
    for (const [index, submission] of batch.entries()) {
      const miss = missBefore(submission, index, missed) ?? this.#applyOne(submission, index, nowMs);
      if (miss === undefined) continue;
      misses.push(miss);
      missed.add(index);
    }
    return misses;
  }

  #applyOne(submission: WriterSubmission, index: number, nowMs: number): Miss | undefined {
    if (submission.changes.length === 0) return this.#record(submission, index, nowMs);
    this.#sql.savepoint.run();
    const miss = this.#change(submission, index) ?? this.#record(submission, index, nowMs);
    if (miss !== undefined) this.#sql.rollbackTo.run();
    this.#sql.release.run();
    return miss;
  }

  #change(submission: WriterSubmission, index: number): Miss | undefined {
    const seq = this.#nextSeq();
    for (const changed of submission.changes) {
      if (this.#rows.apply(changed, seq)) continue;
      const { change } = changed;
      return { index, status: "conflict", table: "put" in change ? change.put.name : change.delete.name };
    }
    return undefined;
  }

  /** An entry that cannot be encoded is its sender's fault and must not take the batch with it. */
  #record(submission: WriterSubmission, index: number, nowMs: number): Miss | undefined {
    if (!this.#recordEntries) {
      this.#unrecorded++;
      return undefined;
    }
    try {
      this.#appender.append(submission, nowMs);
      return undefined;
    } catch (error) {
      if (error instanceof KernelError) return { index, status: "refused", reason: error.message };
      throw error;
    }
  }

  /** A checkpoint between batches; undefined when nothing was appended since the last. */
  checkpoint(): StoredCheckpoint | undefined {
    if (!this.#checkpointer.isBehind(this.#appender.size)) return undefined;
    this.#guard.check();
    this.#sql.begin.run();
    const checkpoint = this.#checkpointer.issue(this.#appender.tree);
    this.#sql.commit.run();
    return checkpoint;
  }

  truncateWal(): boolean {
    return this.database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get()?.["busy"] === 0;
  }

  /** False when the connection cannot even roll back. */
  rollBack(): boolean {
    try {
      if (this.database.isTransaction) this.#sql.rollback.run();
      return true;
    } catch {
      return false;
    }
  }

  close(): void {
    if (this.database.isOpen) this.database.close();
  }
}

function transactionOf(database: DatabaseSync): Transaction {
  return {
    begin: database.prepare("BEGIN IMMEDIATE"),
    commit: database.prepare("COMMIT"),
    rollback: database.prepare("ROLLBACK"),
    savepoint: database.prepare("SAVEPOINT submission"),
    rollbackTo: database.prepare("ROLLBACK TO submission"),
    release: database.prepare("RELEASE submission"),
  };
}
