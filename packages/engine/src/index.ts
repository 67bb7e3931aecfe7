/** Front door of the engine: what a server or an agent is built from. */
export type { Logger } from "./logger.ts";
export * from "./errors.ts";
export * from "./operation.ts";
export * from "./storage.ts";
export * from "./submission.ts";
export * from "./table.ts";
export { FootprintCache } from "./gate/footprint-cache.ts";
export type * from "./gate/call.ts";
export type * from "./gate/dependencies.ts";
export { type Answer, Gate } from "./gate/gate.ts";
export { PlanReads } from "./gate/reads.ts";
export { payloadBytes } from "./gate/payload.ts";
export { type Rate, RateLimiter } from "./gate/rate-limit.ts";
export { createListener, defaultLimits, type ListenerLimits, renewCertificate, type Tls } from "./doors/listen.ts";
export { peerUid } from "./doors/peer-credentials.ts";
export type { Problems } from "./doors/problem.ts";
export { nextRequestId } from "./doors/request-id.ts";
export type { Page, PageAnswer } from "./doors/page.ts";
export { type RestDoor, serveRest } from "./doors/rest.ts";
export { createCommitter, type GroupCommitter } from "./sqlite/committer.ts";
export { startWriterHere } from "./sqlite/writer-here.ts";
export { openFault, openWriteConnection } from "./sqlite/connection.ts";
export type { CommitterEvent } from "./committer/event.ts";
export type { CommitterDependencies, CommitterOptions } from "./sqlite/options.ts";
export type { Committed, GroupDependencies, GroupOptions } from "./committer/options.ts";
export { publishToFile } from "./committer/publish-to-file.ts";
export { hashChange } from "./committer/row.ts";
export type { TreeHead } from "./committer/recovery.ts";
export { SqliteStorage } from "./sqlite/sqlite-storage.ts";
export { StorageFault, type StorageFaultCode } from "./committer/storage-fault.ts";
export {
  type IdempotencyKeys,
  idempotencySweep,
  idempotencyTable,
  isIdempotencySweepDue,
} from "./gate/idempotency.ts";
export { dutyCall, dutyDefinition } from "./duty.ts";
export type { Publish } from "./committer/publisher.ts";
export type { PayloadOpener } from "./ledger/open-payload.ts";
export { exportEntries } from "./ledger/export.ts";
export { SqliteLedgerReader } from "./sqlite/ledger-reader.ts";
export { proveConsistency, proveEntry } from "./ledger/prove.ts";
export type * from "./ledger/ledger-reader.ts";
export type { Verification as LedgerVerification } from "./ledger/verify.ts";
export {
  type RunningVerification,
  startVerification,
  type VerifierModule,
  type VerifierOptions,
} from "./ledger/verify-thread.ts";
export { sqliteSource } from "./sqlite/open-snapshot.ts";
