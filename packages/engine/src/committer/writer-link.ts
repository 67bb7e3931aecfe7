import type { CommitterEvent } from "./event.ts";
import type { PackedBatch } from "./pack-batch.ts";
import type { Reply, Request } from "./protocol.ts";
import { StorageFault } from "./storage-fault.ts";
import type { BatchResult, Moved } from "./batch-result.ts";
import type { StoredCheckpoint } from "../ledger/ledger-reader.ts";
import type { Recovery } from "./recovery.ts";
import type { WriterEvents, WriterThread } from "./back-end.ts";

const MAX_RESTART_DELAY_MS = 5_000;

export interface LinkEvents {
  readonly opened: (recovery: Recovery) => void;
  readonly committed: (result: BatchResult) => void;
  /** The batch in flight was not acknowledged: nothing of it stands, or the writer that cannot know ends next. */
  readonly failed: (message: string) => void;
  /** What became of the batch in flight is not known. */
  readonly lost: (message: string) => void;
  readonly checkpoint: (checkpoint: StoredCheckpoint) => void;
  /** Other nodes have written. */
  readonly moved: (moved: Moved) => void;
  readonly event: (event: CommitterEvent) => void;
}

/** Keeps a writer running: when it is lost, another one opens the database and looks what stands. */
export class WriterLink {
  readonly #start: (events: WriterEvents) => WriterThread;
  readonly #events: LinkEvents;
  readonly #restartDelayMs: number;
  readonly #opening = Promise.withResolvers<void>();
  readonly #closing = Promise.withResolvers<void>();
  #truncations: ((isComplete: boolean) => void)[] = [];
  #checkpoints: (() => void)[] = [];
  #thread: WriterThread | undefined;
  #isOpen = false;
  #isEnding = false;
  #isClosing = false;
  #hasOpened = false;
  #attempts = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(start: (events: WriterEvents) => WriterThread, events: LinkEvents, restartDelayMs: number) {
    this.#start = start;
    this.#events = events;
    this.#restartDelayMs = restartDelayMs;
  }

  /** Whether a batch that is handed over now can be committed: not by a writer that has said it is about to end. */
  get isOpen(): boolean {
    return this.#isOpen && !this.#isEnding;
  }

  /** Resolves when the database is open; rejects with the fault that keeps it from being opened. */
  open(): Promise<void> {
    this.#run();
    return this.#opening.promise;
  }

  commit(batch: PackedBatch): void {
    this.#thread?.post({ kind: "commit", batch });
  }

  /** Resolves when a checkpoint over what is committed was issued, or could not be. */
  checkpoint(): Promise<void> {
    if (!this.#isOpen) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#checkpoints.push(resolve);
    this.#thread?.post({ kind: "checkpoint" });
    return promise;
  }

  truncateWal(): Promise<boolean> {
    if (!this.#isOpen) return Promise.resolve(false);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#truncations.push(resolve);
    this.#thread?.post({ kind: "truncate-wal" });
    return promise;
  }

  close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#timer);
    if (this.#thread === undefined) this.#closing.resolve();
    else this.#thread.post({ kind: "close" });
    return this.#closing.promise;
  }

  #run(): void {
    this.#thread = this.#start({
      reply: (reply) => this.#onReply(reply),
      exit: (cause) => this.#onExit(cause),
    });
  }

  #onReply(reply: Reply): void {
    switch (reply.kind) {
      case "opened":
        return this.#onOpened(reply.recovery);
      case "not-opened":
        return this.#onNotOpened(new StorageFault(reply.code, reply.message));
      case "committed":
        // Not when it opens: a database that opens and takes no batch must not be opened ten times a second.
        this.#attempts = 0;
        return this.#events.committed(reply.result);
      case "moved":
        return this.#events.moved(reply.moved);
      case "event":
        return this.#events.event(reply.event);
      case "failed":
        this.#isEnding = reply.isLast;
        return this.#onFailed(reply.request, reply.message);
      case "wal-truncated":
        return this.#truncations.shift()?.(reply.isComplete);
      case "checkpoint":
        this.#onCheckpoint(reply.checkpoint);
        return this.#checkpoints.shift()?.();
      case "closed":
        return this.#onCheckpoint(reply.checkpoint);
    }
  }

  #onCheckpoint(checkpoint: StoredCheckpoint | undefined): void {
    if (checkpoint !== undefined) this.#events.checkpoint(checkpoint);
  }

  #onOpened(recovery: Recovery): void {
    this.#isOpen = true;
    this.#isEnding = false;
    this.#hasOpened = true;
    this.#events.opened(recovery);
    this.#opening.resolve();
  }

  #onNotOpened(fault: StorageFault): void {
    if (this.#hasOpened) this.#events.event({ kind: "not-reopened", code: fault.code, message: fault.message });
    else this.#opening.reject(fault);
  }

  #onFailed(request: Request["kind"], message: string): void {
    if (request === "commit") this.#events.failed(message);
    else if (request === "truncate-wal") this.#truncations.shift()?.(false);
    else {
      this.#checkpoints.shift()?.();
      this.#events.event({ kind: "checkpoint-failed", message });
    }
  }

  #onExit(cause: Error | undefined): void {
    this.#thread = undefined;
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    for (const resolve of this.#truncations.splice(0)) resolve(false);
    for (const resolve of this.#checkpoints.splice(0)) resolve();
    if (this.#isClosing) return this.#closing.resolve();
    const message = cause?.message ?? "the writer thread ended";
    if (wasOpen) this.#events.lost(message);
    else this.#opening.reject(new StorageFault("database_unreadable", message, cause));
    if (this.#hasOpened) this.#restartLater();
  }

  #restartLater(): void {
    const delayMs = Math.min(MAX_RESTART_DELAY_MS, this.#restartDelayMs * 2 ** this.#attempts++);
    this.#timer = setTimeout(() => this.#run(), delayMs);
  }
}
