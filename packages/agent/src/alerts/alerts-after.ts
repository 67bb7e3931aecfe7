import type { Reads } from "@holdfast/engine";
import { alertsTable, type StoredAlert, storedAlertOf } from "./store.ts";

const PAGE = 500;

/** Each row stands at the entry that wrote it last, which is never before the one that raised it. */
const WRITTEN_AFTER = "SELECT * FROM alerts WHERE tenant = ? AND seq > ? ORDER BY seq LIMIT ?";

/** Alerts that were raised after an entry and that no silence keeps back, in the order of their entries. */
export async function alertsAfter(reads: Reads, tenant: string, seq: number): Promise<readonly StoredAlert[]> {
  const found: StoredAlert[] = [];
  for (let after = seq; ; ) {
    const rows = await reads.rows(alertsTable, WRITTEN_AFTER, [tenant, after, PAGE]);
    found.push(...rows.map(storedAlertOf).filter(({ raisedSeq, alert }) => raisedSeq > seq && !alert.silencedBy));
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) break;
    after = last.seq;
  }
  return found.sort((left, right) => left.raisedSeq - right.raisedSeq);
}
