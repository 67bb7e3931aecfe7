import type { Logger } from "@holdfast/engine";
import { ruleTables } from "@holdfast/rules";
import { type BackPressure, BatchWriter, EventStore, LossTally, StoreUpkeep } from "../events/index.ts";
import type { AgentFolder } from "./data-folder.ts";
import type { Ending } from "./ending.ts";
import { LossTotals } from "./loss-totals.ts";
import type { OwnFindings } from "./own-findings.ts";
import type { AgentMetrics } from "./metrics.ts";
import type { AgentSettings } from "../settings/index.ts";

const MIB = 1024 * 1024;

/** The event store, what writes to it, and what is told of losses on the way. */
export interface OpenStore {
  readonly store: EventStore;
  readonly writer: BatchWriter;
  readonly upkeep: StoreUpkeep;
  readonly losses: LossTally;
  /** What was lost since the start. */
  readonly totals: LossTotals;
  /** Calls whoever has to know that the file was begun anew. */
  onRenewed(listener: () => void): void;
}

export interface StoreParts {
  readonly folder: AgentFolder;
  readonly settings: AgentSettings;
  readonly metrics: AgentMetrics;
  readonly own: OwnFindings;
  readonly log: Logger;
  readonly ending: Ending;
}

/** Opens the event store of a folder that is this process's own. */
export function openStore({ folder, settings: told, metrics, own, log, ending }: StoreParts): OpenStore {
  const { memoryMiB, store: settings } = told;
  const listeners: (() => void)[] = [];
  const totals = new LossTotals(log);
  const losses = new LossTally((loss) => totals.add(loss));
  const store = new EventStore({
    path: folder.events,
    tables: ruleTables,
    memoryBudgetBytes: memoryMiB * MIB,
    maxBytes: settings.maxMiB * MIB,
    losses,
    onRenewed(reason, putAside) {
      log.error({ reason, putAside }, "the event store was begun anew");
      own.raise("agent-events-lost", "The agent's event store was begun anew", { reason });
      for (const listener of listeners) listener();
    },
  });
  // Readers in other processes have gone by then.
  ending.at("files", () => store.close());
  const writer = new BatchWriter({
    store,
    losses,
    policy: policyOf(folder, settings),
    capacityRows: settings.queueRows,
    batchRows: settings.batchRows,
    delayMs: settings.batchSeconds * 1_000,
    onWrite: (seconds, rows) => metrics.wrote(seconds, rows),
    onFailure: (error) => log.error({ err: error }, "the event store cannot be written; it is tried again"),
  });
  ending.at("store", () => writer.close());
  const onRenewed = (listener: () => void) => void listeners.push(listener);
  return {
    store,
    writer,
    upkeep: new StoreUpkeep({ store, maxAgeSeconds: settings.keepSeconds }),
    losses,
    totals,
    onRenewed,
  };
}

function policyOf({ spill }: AgentFolder, settings: AgentSettings["store"]): BackPressure {
  switch (settings.backPressure) {
    case "drop-oldest":
      return { kind: "drop-oldest" };
    case "block-with-timeout":
      return { kind: "block", timeoutMs: settings.blockSeconds * 1_000 };
    case "spill-to-disk":
      return { kind: "spill", path: spill, maxBytes: settings.spillMiB * MIB };
    case "adaptive":
      return { kind: "adaptive" };
  }
}
