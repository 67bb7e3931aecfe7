import { NotifyError } from "../errors.ts";
import { identityOf, isFull, moveAside, openFile, outboxError, putInPlace, writeUnfinished } from "./file.ts";
import { resume } from "./resume.ts";
import { Store } from "./store.ts";

/** What happened to the file; whoever runs the outbox tells people. */
export type OutboxEvent =
  | { readonly kind: "created" }
  /** Deliveries that an ended process was sending, and that are sent again. */
  | { readonly kind: "resumed"; readonly requeued: number }
  /** It could not be read on; a new one was begun, with no watermark. */
  | { readonly kind: "damaged"; readonly movedTo: string }
  /** Somebody removed or replaced it while it was in use; what was in it was written there again. */
  | { readonly kind: "replaced" };

interface Options {
  readonly path: string;
  readonly now: () => number;
  readonly onEvent: (event: OutboxEvent) => void;
}

/** The outbox's file, through whatever befalls it while it is in use. */
export class OutboxFile {
  readonly #options: Options;
  #store: Store | undefined;
  #identity = "";
  #wasFull = false;
  #isClosed = false;

  constructor(options: Options) {
    this.#options = options;
    this.#opened();
  }

  /** Reads. Damage that shows begins a new file; what was asked for has failed all the same. */
  read<T>(work: (store: Store) => T): T {
    const store = this.#opened();
    try {
      return work(store);
    } catch (error) {
      const failure = outboxError(error);
      if (failure.code === "outbox_damaged") this.#beginAgain(store);
      throw failure;
    }
  }

  /** Changes something in one durable transaction. */
  change<T>(work: (store: Store, now: number) => T): T {
    const { path, now } = this.#options;
    const store = this.#opened();
    if (identityOf(path) !== this.#identity) this.#putBack(store);
    return this.read((current) => this.#withRoom(current, () => current.transaction(() => work(current, now()))));
  }

  close(): void {
    this.#isClosed = true;
    this.#store?.close();
    this.#store = undefined;
  }

  /** It may have been closed by a failure in between: whoever comes next tries again. */
  #opened(): Store {
    if (this.#isClosed) throw new NotifyError("outbox_failed", "the outbox was closed");
    this.#store ??= this.#open();
    return this.#store;
  }

  /** A damaged file is put aside, once: a second failure is not the file's. */
  #open(): Store {
    const { path, now, onEvent } = this.#options;
    try {
      return this.#openWhole();
    } catch (error) {
      const failure = outboxError(error);
      if (failure.code !== "outbox_damaged") throw failure;
      onEvent({ kind: "damaged", movedTo: moveAside(path, now()) });
      return this.#openWhole();
    }
  }

  #openWhole(): Store {
    const { path, now, onEvent } = this.#options;
    const { database, isNew } = openFile(path);
    const store = new Store(database);
    try {
      const requeued = store.transaction(() => resume(store, now()));
      if (isNew) onEvent({ kind: "created" });
      if (requeued > 0) onEvent({ kind: "resumed", requeued });
      this.#identity = identityOf(path);
      return store;
    } catch (error) {
      store.close();
      throw outboxError(error);
    }
  }

  /** After the disk was full once, the log gives its room back before it is written on: else it would take all that comes. */
  #withRoom<T>(store: Store, write: () => T): T {
    try {
      if (this.#wasFull) store.makeRoom();
      const result = write();
      this.#wasFull = false;
      return result;
    } catch (error) {
      this.#wasFull ||= isFull(error);
      throw error;
    }
  }

  #beginAgain(damaged: Store): void {
    const { path, now, onEvent } = this.#options;
    this.#store = undefined;
    damaged.close();
    onEvent({ kind: "damaged", movedTo: moveAside(path, now()) });
    this.#opened();
  }

  /** What is open is whole, and only its name is lost: it is written under that name again, before it is let go. */
  #putBack(open: Store): void {
    const { path, now, onEvent } = this.#options;
    try {
      writeUnfinished(path, open.image());
      this.#store = undefined;
      open.close();
      moveAside(path, now());
      putInPlace(path);
      onEvent({ kind: "replaced" });
      this.#opened();
    } catch (error) {
      throw outboxError(error);
    }
  }
}
