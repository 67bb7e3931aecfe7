/** What a back end outside of this package is made of: the committer's neutral half and the formats that both share. */
export type { WriterBackEnd, WriterEvents, WriterThread } from "./committer/back-end.ts";
export type { BatchResult, Miss, Moved } from "./committer/batch-result.ts";
export { FootprintWindow } from "./committer/footprint-window.ts";
export { GroupCommitter } from "./committer/group-committer.ts";
export { type Column, type Layout, layoutOf, rowKey } from "./committer/layout.ts";
export { BatchCodec, type WriterSubmission } from "./committer/pack-batch.ts";
export { missBefore } from "./committer/miss-before.ts";
export type { Reply, Request } from "./committer/protocol.ts";
export type { Recovery } from "./committer/recovery.ts";
export { macOf, type RawRow, verifyRow } from "./committer/row.ts";
export { startWorker } from "./committer/writer-worker.ts";
export type { LedgerBlock, OpenSnapshot, Snapshot } from "./ledger/snapshot.ts";
export { checkLedger, type CheckedLedger, type ExpectedLedger } from "./ledger/check-ledger.ts";
export { withTiles } from "./ledger/with-tiles.ts";
export { matches, withoutVersion } from "./ledger/matches.ts";
