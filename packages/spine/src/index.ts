/** Front door of the spine: opens a ledger with its keys, and runs the operations that every ledger has. */
export {
  assemble,
  type Assembly,
  type AssemblyOptions,
  type Program,
  type SpineSettings,
  type SpineStorage,
} from "./main/assemble.ts";
export { definition, problems, type ProgramName } from "./catalogue.ts";
export { type CheckpointPlaces, checkpointPlaces } from "./main/checkpoint-places.ts";
export { type Duties, type Duty, startDuties } from "./main/duties.ts";
export type {
  DutyLease,
  LedgerFolder,
  LedgerOptions,
  LedgerPlace,
  OpenLedger,
  StorageReport,
  StorageStatus,
  Upkeep,
} from "./main/ledger-place.ts";
export { newSeeds, readSeeds, refuseIfKnown, type Seeds } from "./main/ledger-seeds.ts";
export { type Limits, ownLimits, type Rates } from "./main/limits.ts";
export { type SqliteLedger, sqlitePlace } from "./main/open-sqlite-ledger.ts";
export { type RootKeyPlace, rootKeyPlace } from "./main/root-key-place.ts";
export { readOrCreateRootKey, readRootKey, type RootKeySource } from "./main/root-key.ts";
export { sealLine } from "./main/seal.ts";
export { spareSizes } from "./main/sizes.ts";
export { sqliteFailure, storageFailure, type StorageFailures, storageFailures } from "./main/storage-failure.ts";
export { spineTables } from "./main/tables.ts";
export { FINISH_COPY, unpublishedOf } from "./main/unfinished-copy.ts";
export { sqliteVerified, startVerify, type VerifiedPlace } from "./main/verify.ts";
export { type FolderVerification, verifyFolder } from "./main/verify-folder.ts";
