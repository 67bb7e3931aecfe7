import type { DatabaseSync } from "node:sqlite";
import type { Signer } from "@holdfast/kernel/crypto";
import { signerFromSeed } from "../crypto.ts";
import type { Table } from "../table.ts";
import { openWriteConnection } from "./connection.ts";
import { LedgerDatabase } from "./ledger-database.ts";
import type { WriterSubmission } from "../committer/pack-batch.ts";
import { recover } from "./recover.ts";
import { StorageFault } from "../committer/storage-fault.ts";
import type { BatchResult } from "../committer/batch-result.ts";
import type { StoredCheckpoint } from "../ledger/ledger-reader.ts";
import type { Recovery, TreeHead } from "../committer/recovery.ts";

/** Everything the writer is told; it can be cloned into a worker thread. */
export interface WriterOptions {
  /** Database file; created, with the owner's permissions only, unless `mustExist`. */
  readonly path: string;
  readonly tables: readonly Table[];
  /** Seed of the log's Ed25519 key. */
  readonly signingSeed: Uint8Array;
  /** Key of the row MACs. */
  readonly stateKey: Uint8Array;
  /** `holdfast/log/<id>`: taken by a new database, insisted on in one that exists. */
  readonly origin: string;
  /** Heads and checkpoints known from elsewhere: the database must contain each of them. */
  readonly known: readonly TreeHead[];
  readonly mustExist: boolean;
  /** Benchmarks only (side by side with the entries off); no configuration reaches it. */
  readonly recordEntries: boolean;
}

/** What tests replace; the worker uses what the defaults give. */
export interface WriterDependencies {
  readonly openDatabase: (path: string) => DatabaseSync;
  readonly nowMs: () => number;
}

const SQLITE_FULL = 13;
const SYSTEM: WriterDependencies = { openDatabase: openWriteConnection, nowMs: Date.now };

/** Owns the write connection and the chain head; one transaction, one fsync and one signature a batch. */
export class SqliteWriter {
  readonly #options: WriterOptions;
  readonly #dependencies: WriterDependencies;
  readonly #signer: Signer;
  #open: LedgerDatabase | undefined;

  constructor(options: WriterOptions, dependencies: WriterDependencies = SYSTEM) {
    this.#options = options;
    this.#dependencies = dependencies;
    this.#signer = signerFromSeed(options.signingSeed);
  }

  /** Opens the database, recovers what a crash left, and checks it against what is known from elsewhere. */
  async open(): Promise<Recovery> {
    const { database, recovery } = await recover(this.#options, this.#signer, this.#dependencies.openDatabase);
    this.#open = new LedgerDatabase(database, this.#options, this.#signer);
    return recovery;
  }

  /** Commits all that still hold, or throws `write_failed` when nothing of the batch stands. */
  commit(batch: readonly WriterSubmission[]): BatchResult {
    const open = this.#opened();
    try {
      return open.commit(batch, this.#dependencies.nowMs());
    } catch (cause) {
      this.#afterFailure(open, cause);
      throw new StorageFault("write_failed", "The batch could not be written.", cause);
    }
  }

  /** Signs and persists a checkpoint when the ledger has grown since the last one. */
  checkpoint(): StoredCheckpoint | undefined {
    const open = this.#opened();
    try {
      return open.checkpoint();
    } catch (cause) {
      this.#afterFailure(open, cause);
      throw new StorageFault("write_failed", "The checkpoint could not be written.", cause);
    }
  }

  /** Empties the write-ahead log, where overwritten keys would survive; false while a reader holds on to it. */
  truncateWal(): boolean {
    return this.#opened().truncateWal();
  }

  /** False after a failure that left the connection in doubt: only a new writer may go on. */
  get isUsable(): boolean {
    return this.#open !== undefined;
  }

  /** Issues the last checkpoint; closed afterwards, also when that fails. */
  close(): StoredCheckpoint | undefined {
    if (this.#open === undefined) return undefined;
    try {
      return this.checkpoint();
    } finally {
      this.#open?.close();
      this.#open = undefined;
    }
  }

  #opened(): LedgerDatabase {
    if (this.#open === undefined) throw new StorageFault("write_failed", "The database is not open.");
    return this.#open;
  }

  /**
   * A full disk leaves the connection sound: state is read back from it. After anything else (a failed fsync may have
   * dropped pages that the cache still shows) the connection is given up, and recovery looks at the file anew.
   */
  #afterFailure(open: LedgerDatabase, cause: unknown): void {
    this.#open = undefined;
    const isFull = cause instanceof Error && "errcode" in cause && cause.errcode === SQLITE_FULL;
    if (isFull && open.rollBack()) this.#open = new LedgerDatabase(open.database, this.#options, this.#signer);
    else open.close();
  }
}
