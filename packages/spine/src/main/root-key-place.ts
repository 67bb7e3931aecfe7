import type { LedgerFolder } from "./ledger-place.ts";
import { readOrCreateRootKey, type RootKeySource } from "./root-key.ts";
import { sealDetail } from "./seal.ts";

/** Where a process has its root key from: that is its seal. */
export interface RootKeyPlace {
  /** As `status` names it. */
  readonly kind: string;
  /** What it protects against, in a sentence. */
  detail(storage: "sqlite" | "postgres"): string;
  /** `hasLedger`: there is data that only the right key opens, so none is made. */
  read(hasLedger: boolean): Uint8Array | Promise<Uint8Array>;
}

/** The root key of a data folder from the source that settings name. */
export const rootKeyPlace = (
  folder: Pick<LedgerFolder, "database" | "rootKey">,
  source: RootKeySource,
): RootKeyPlace => ({
  kind: source.kind,
  detail: (storage) => sealDetail(source.kind, storage),
  read: (hasLedger) => readOrCreateRootKey(folder, source, hasLedger),
});
