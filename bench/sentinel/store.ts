import { rmSync } from "node:fs";
import { join } from "node:path";
import { ruleTables } from "@holdfast/rules";
import { EventStore, LossTally } from "../../packages/agent/src/events/index.ts";
import type { Bench } from "../measure/bench.ts";
import { median } from "../measure/statistics.ts";
import { printNumber } from "../report/table.ts";
import { hostChanges } from "./host-rows.ts";
import type { Measured } from "./measured.ts";

const batchRows = 1_000;
const leastRowsPerSecond = 100_000;

/** An event store of a size that is bounded far above what is measured. */
export function benchStore(path: string): EventStore {
  const losses = new LossTally();
  return new EventStore({ path, tables: ruleTables, memoryBudgetBytes: 100e6, maxBytes: 8e9, losses });
}

/** Rows of events into the store, batch by batch, and what they take on disk. */
// oxlint-disable-next-line require-await
export async function measureStore({ folder, isQuick }: Bench): Promise<Measured> {
  const path = join(folder, "store.db");
  const store = benchStore(path);
  try {
    const [rounds, batches] = isQuick ? [5, 20] : [9, 100];
    writeBatches(store, 0, 5);
    const startBytes = bytesOf(store);
    const all = Array.from({ length: rounds }, (_, round) =>
      writeBatches(store, (round * batches + 5) * batchRows, batches),
    );
    const written = rounds * batches * batchRows;
    const bytes = ((bytesOf(store) - startBytes) / written) * 1e6;
    const rates = all.map(({ perSecond }) => perSecond);
    const cpu = median(all.map(({ cpuMicroseconds }) => cpuMicroseconds));
    return {
      method:
        `Store: rows of process_events with all columns, ${batchRows.toLocaleString("en")} in each transaction, made before; ` +
        `a checkpoint after each round of ${batches}, counted. Its size is reckoned from what ${written.toLocaleString("en")} rows took.`,
      figures: [
        {
          name: "store, events written",
          value: median(rates),
          unit: "rows/s",
          goal: { atLeast: leastRowsPerSecond },
          detail: `${printNumber(Math.min(...rates))} to ${printNumber(Math.max(...rates))}, waiting for the disk and for others included`,
        },
        {
          name: "store, events in a second of processor time",
          value: 1e6 / cpu,
          unit: "rows/s",
          goal: { atLeast: leastRowsPerSecond },
          detail: `${printNumber(cpu)} µs a row`,
        },
        { name: "store, a million process events", value: bytes / 1e6, unit: "MB", detail: "with its indexes" },
      ],
      leftOut: [],
    };
  } finally {
    store.close();
    for (const suffix of ["", "-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
  }
}

function bytesOf(store: EventStore): number {
  store.checkpoint();
  return store.readings().bytesInUse;
}

function writeBatches(
  store: EventStore,
  from: number,
  batches: number,
): { perSecond: number; cpuMicroseconds: number } {
  const made = Array.from({ length: batches }, (_, batch) => hostChanges(from + batch * batchRows, batchRows));
  const rows = batches * batchRows;
  const [startedAt, before] = [performance.now(), process.cpuUsage()];
  for (const batch of made) store.write(batch);
  store.checkpoint();
  const { user, system } = process.cpuUsage(before);
  return { perSecond: (rows * 1_000) / (performance.now() - startedAt), cpuMicroseconds: (user + system) / rows };
}
