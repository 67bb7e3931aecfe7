import type {
  Change,
  CommitterDependencies,
  CommitterEvent,
  LedgerCommitter,
  LedgerReader,
  Logger,
  Storage,
  TreeHead,
} from "@holdfast/engine";
import type { Keyring } from "../keyring/index.ts";
import type { DataFolder, Feature, StorageReadings } from "@holdfast/runtime";

/** What the spine keeps in a program's data folder. */
export type LedgerFolder = DataFolder<"database" | "rootKey" | "checkpoint">;

/** A database that was reached, before anyone has a key to it. */
export interface LedgerPlace {
  /** Other nodes may begin and use the same ledger. */
  readonly isShared: boolean;
  /** Whether it holds, or may hold, what only the root key opens that it was made with. */
  hasLedger(): Promise<boolean>;
  /** Opens the ledger with the keys that the database holds, or makes these; a StartFailure says why it cannot be. */
  open(options: LedgerOptions): Promise<OpenLedger>;
  /** After the ledger was closed, if it was opened. */
  close(): Promise<void>;
}

export interface LedgerOptions {
  readonly keyring: Keyring;
  readonly checkpointDir: string;
  /** `isIncomplete`: others may have written more than these keys. */
  readonly onCommitted: (writes: readonly string[], isIncomplete: boolean) => void;
  readonly onEvent: (event: CommitterEvent) => void;
  readonly log: Logger;
  /** What benchmarks replace. */
  readonly dependencies?: CommitterDependencies;
}

/** A ledger and the state that is bound to it, whatever holds them. */
export interface OpenLedger {
  readonly committer: LedgerCommitter;
  readonly storage: Storage;
  readonly reader: LedgerReader;
  readonly origin: string;
  readonly publicKey: Uint8Array;
  /** Private scalar of the certificate authority. */
  readonly authoritySeed: Uint8Array;
  /** Rows that entry 0 has to hold; empty when the ledger exists. */
  readonly newKeys: readonly Change[];
  /** Checkpoints that were published before this start. */
  readonly known: readonly TreeHead[];
  readonly secondPlaceProblem: string | undefined;
  /** Held by the one node that does what one of all nodes has to do. */
  readonly duties: DutyLease;
  /** What the database itself needs now and then. */
  readonly upkeep: readonly Upkeep[];
  report(): Promise<StorageReport>;
  readings(): StorageReadings;
  /**
   * From now on a database that answers nobody is given up: what waits for it is refused. For a node that is ending; the
   * returned function takes it back.
   */
  giveUpWhenSilent(): () => void;
  /** Finishes what is queued, and ends the lease. */
  close(): Promise<void>;
}

/** Asked again before each piece of a duty: it may end at any moment. */
export interface DutyLease {
  readonly isHeld: boolean;
}

/** A duty without an entry: nothing that it changes belongs to anybody. */
export interface Upkeep {
  /** A bounded piece; true when nothing is left for now. */
  run(): Promise<boolean>;
}

/** What `status` says of the storage. */
export interface StorageReport {
  readonly storage: StorageStatus;
  readonly features: readonly Feature[];
}

/** As the contract shows it. */
export interface StorageStatus {
  readonly kind: "sqlite" | "postgres";
  readonly sizeBytes?: number;
  readonly freeBytes?: number;
  readonly server?: string;
  readonly role?: string;
  readonly tls?: string;
  readonly dutyHolder?: string;
  readonly behind?: number;
}
