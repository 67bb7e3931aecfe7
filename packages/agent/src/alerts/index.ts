/** Front door of alerts: what rules found, what people did about it, and who is to be told. */
import type { Table } from "@holdfast/engine";
import { silencesTable } from "./silences.ts";
import { alertsTable } from "./store.ts";

export { type Cell, type Finding, type FoundAt, type FoundBy, findingOf } from "./finding.ts";
export { notifierOutbox } from "./notifier-outbox.ts";
export type { Outbox } from "./notification.ts";
export { alertOperations } from "./operations.ts";
export { AlertRecorder, type RecorderParts } from "./recorder.ts";
export type { Alert } from "./store.ts";
export { alertSweep, isAlertSweepDue } from "./sweep.ts";

/** Tables of alerts in the agent's ledger. */
export const alertTables: readonly Table[] = [alertsTable, silencesTable];
