/** Front door of the event store: what was seen, and what is there now. */
export type { BackPressure } from "./back-pressure.ts";
export { BatchWriter, type BatchWriterOptions, type WriterReadings } from "./batch-writer.ts";
export { EventStore, type EventStoreOptions, type StoreReadings, type Written } from "./event-store.ts";
export { type Loss, type LossStage, LossTally } from "./loss-tally.ts";
export { identityOf } from "./identity.ts";
export { processColumns, tellingColumns, type ProcessSought } from "./process-at.ts";
export type { Pruned } from "./prune.ts";
export type { RenewalReason } from "./renewable-database.ts";
export type { Cell, Row, RowChange } from "./row.ts";
export { StoreUpkeep, type UpkeepOptions } from "./upkeep.ts";
