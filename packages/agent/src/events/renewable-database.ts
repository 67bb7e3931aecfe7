import type { DatabaseSync } from "node:sqlite";
import { type ConnectionLimits, openWriter } from "./connection.ts";
import { EventStoreError, openErrorOf, storeErrorOf } from "./errors.ts";
import { StoreFile } from "./store-file.ts";

/** Why a file was begun anew. */
export type RenewalReason = "store_damaged" | "store_replaced";

/** A file, and what is done when it is opened or put aside. */
export interface RenewableOptions {
  readonly path: string;
  readonly limits: ConnectionLimits;
  readonly now: () => number;
  /** Prepares a file that was opened; what it throws is judged like any other error of that file. */
  readonly onOpen: (database: DatabaseSync) => void;
  readonly onPutAside: (reason: RenewalReason, putAside: string) => void;
}

/** A database that is begun anew when its file is damaged, replaced or gone; the old file is put aside. */
export class RenewableDatabase {
  readonly file: StoreFile;
  readonly #options: RenewableOptions;
  #database: DatabaseSync;
  #renewals = 0;
  #isClosed = false;

  constructor(options: RenewableOptions) {
    this.#options = options;
    this.file = new StoreFile(options.path);
    if (this.file.isForeign) this.#putAside("store_replaced");
    this.#database = this.#openOrRenew();
  }

  /** How often the file was begun anew by this program. */
  get renewals(): number {
    return this.#renewals;
  }

  /** Runs it on a file that is where it should be, and once more on a new file when that one turns out to be damaged. */
  run<T>(use: (database: DatabaseSync) => T): T {
    this.#refuseAfterClose();
    try {
      if (!this.#database.isOpen) this.#database = this.#openOrRenew();
      return use(this.#database);
    } catch (cause) {
      const error = storeErrorOf(cause);
      if (error.code !== "store_damaged") throw error;
      this.renew("store_damaged");
    }
    try {
      return use(this.#database);
    } catch (cause) {
      throw storeErrorOf(cause);
    }
  }

  /** Begins a new file when the one that is open can no longer be found by its name: what it takes would be lost. */
  checkPlace(): void {
    if (this.#database.isOpen && !this.file.isSame) this.renew("store_replaced");
  }

  renew(reason: RenewalReason): void {
    this.#refuseAfterClose();
    this.#closeFile();
    try {
      this.#putAside(reason);
    } catch (cause) {
      throw storeErrorOf(cause);
    }
    this.#database = this.#openOrRenew();
  }

  /** For good: whoever still uses it is refused, and opens no file behind the back of the next one to have it. */
  close(): void {
    this.#isClosed = true;
    this.#closeFile();
  }

  #refuseAfterClose(): void {
    if (this.#isClosed) throw new EventStoreError("store_failed", "The event store is closed.");
  }

  #closeFile(): void {
    try {
      if (this.#database.isOpen) this.#database.close();
    } catch {
      // A damaged file may not even close.
    }
  }

  #openOrRenew(): DatabaseSync {
    try {
      return this.#open();
    } catch (cause) {
      const error = openErrorOf(cause);
      if (error.code !== "store_damaged") throw error;
      this.#putAside("store_damaged");
      return this.#open();
    }
  }

  #open(): DatabaseSync {
    const database = openWriter(this.#options.path, this.#options.limits);
    try {
      this.#options.onOpen(database);
    } catch (error) {
      database.close();
      throw error;
    }
    this.file.remember();
    return database;
  }

  #putAside(reason: RenewalReason): void {
    const putAside = this.file.setAside(this.#options.now());
    this.#renewals++;
    this.#options.onPutAside(reason, putAside);
  }
}
