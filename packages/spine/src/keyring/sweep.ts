import {
  type Change,
  type Context,
  dutyDefinition,
  type Operation,
  type Plan,
  type Reads,
  type StoredRow,
  type Table,
} from "@holdfast/engine";
import type { Deks } from "./deks.ts";
import type { Keks } from "./keks.ts";
import type { PayloadKeys } from "./payload-keys.ts";
import {
  dekOf,
  deksTable,
  destroyed,
  type Kek,
  kekFootprint,
  type KekRing,
  payloadKeyRowOf,
  payloadKeysTable,
} from "./store.ts";

/** Keys moved in one transaction. */
const MAX_REWRAPS = 200;

export interface SweepOutput {
  readonly rewrapped: number;
  readonly destroyed: readonly number[];
  /** Whether a further run has something to do. */
  readonly isDone: boolean;
}

/** `key.sweep`: moves some of what old KEKs wrap to the active one, and ends the KEKs that wrap nothing any more. */
export function sweepOperation(keks: Keks, deks: Deks, payloadKeys: PayloadKeys): Operation {
  const run = async (context: Context): Promise<Plan> => {
    const { reads, tenant, now } = context;
    const ring = await keks.ring(reads, tenant);
    const rewraps: Change[] = [];
    const ended: Kek[] = [];
    for (const kek of ring.byVersion.values()) {
      if (kek === ring.active) continue;
      const found = await rewrapsOf(reads, ring, kek, MAX_REWRAPS - rewraps.length);
      if (found === undefined) break;
      if (found.length === 0) ended.push(kek);
      rewraps.push(...found);
    }
    const output: SweepOutput = {
      rewrapped: rewraps.length,
      destroyed: ended.map((kek) => kek.version),
      isDone: ended.length === ring.byVersion.size - 1,
    };
    return {
      output,
      changes: [...rewraps, ...ended.map((kek) => destroyed(kek, now))],
      writes: ended.length === 0 ? [] : [kekFootprint(tenant)],
      resource: "key",
      facts: { ...output },
    };
  };

  /** What this KEK still wraps, moved; empty when nothing is left, undefined when there is no room to look. */
  async function rewrapsOf(reads: Reads, ring: KekRing, kek: Kek, room: number): Promise<Change[] | undefined> {
    if (room <= 0) return undefined;
    const foundDeks = await wrappedBy(reads, deksTable, kek, room);
    const moved = foundDeks.map((stored) => deks.rewrapped(ring, dekOf(stored)));
    if (moved.length === room) return moved;
    const foundKeys = await wrappedBy(reads, payloadKeysTable, kek, room - moved.length);
    return [...moved, ...foundKeys.map((stored) => payloadKeys.rewrapped(ring, payloadKeyRowOf(stored)))];
  }

  return { definition: dutyDefinition("key.sweep", "key"), run };
}

function wrappedBy(
  reads: Reads,
  table: Table,
  { tenant, version }: Kek,
  limit: number,
): readonly StoredRow[] | Promise<readonly StoredRow[]> {
  const sql = `SELECT * FROM ${table.name} WHERE tenant = ? AND kek_version = ? LIMIT ?`;
  return reads.rows(table, sql, [tenant, version, limit]);
}
