import { join } from "node:path";
import type { Logger } from "@holdfast/engine";
import type { BatchWriter, EventStore, LossTally, Row, RowChange, StoreUpkeep } from "../events/index.ts";
import { type CollectorState, CollectorRunner } from "./collector-runner.ts";
import type { Collector } from "./collector.ts";
import { FileHashes } from "./file-hashes.ts";
import { FileCollector } from "./files/file-collector.ts";
import type { FileWatch } from "./files/watches.ts";
import { type HostSettings, hostCollectors } from "./hosts/index.ts";
import { Accounts } from "./hosts/passwd.ts";
import type { ProcessEvent, ProcessEventSource } from "./process-event.ts";
import type { ProcessWatcher } from "./process-watcher.ts";
import type { TrackerReadings } from "./processes/tracker.ts";
import { TickLoop } from "./tick-loop.ts";
import { methodOf, type ProcessMethod, watchProcesses } from "./watch-processes.ts";

/** What is looked at, and how often; the names are those of the agent's settings. */
export interface CollectSettings {
  readonly tickSeconds: number;
  readonly concurrency: number;
  readonly maskSecrets: boolean;
  readonly collectors: HostSettings & { readonly processes: Wanted; readonly file: Wanted };
  /** Rows of type fork as well; there are many. */
  readonly tellsForks?: boolean;
  /** Everything about a process is read again in so many seconds. */
  readonly rescanSeconds?: number;
  /** What fits the system unless it is said. */
  readonly processMethod?: ProcessMethod;
}

/** Whether something is looked at, and how often where that is said. */
interface Wanted {
  readonly enabled: boolean;
  readonly intervalSeconds?: number | undefined;
}

/** Hears what is counted of collecting. */
export interface CollectMetrics {
  /** One look at all processes. */
  enumerated(seconds: number, processes: number): void;
  /** A collector could not look. */
  collectionFailed(collector: string): void;
}

/** What collecting works with. */
export interface CollectOptions {
  readonly store: EventStore;
  readonly writer: BatchWriter;
  readonly upkeep: StoreUpkeep;
  readonly losses: LossTally;
  readonly settings: CollectSettings;
  readonly log: Logger;
  readonly metrics: CollectMetrics;
  /** Files under watch; `defaultWatches` and `agentWatches` are those of every host. */
  readonly watches: readonly FileWatch[];
  readonly source?: ProcessEventSource;
  /** Rows of `agent_sources`. */
  readonly sourceRows?: () => readonly Row[];
  /** Called after each tick, once its rows can be read; the next tick waits for it. */
  readonly onTick?: (head: number) => void | Promise<void>;
  /** Folder that stands for `/`. */
  readonly root?: string;
  readonly now?: () => number;
  readonly monotonicMs?: () => number;
  readonly signal?: AbortSignal;
}

/** What collects, once it was started. */
export interface Collecting {
  /** One tick now; for whoever does not leave that to the clock. */
  tick(): Promise<void>;
  /** Collectors and how they are, that of processes among them. */
  states(): readonly CollectorState[];
  readings(): TrackerReadings;
  /** Watches other files from now on. */
  watch(watches: readonly FileWatch[]): void;
  /** Forgets what can be had again, while memory is short. */
  shrink(): void;
  stop(): Promise<void>;
}

const RESCAN_SECONDS = 60;
const SOURCES_EVERY_SECONDS = 10;
/** Rows of a tick that take longer come with the next one. */
const SETTLE_MS = 250;
/** What a look finds unchanged is known by the look before. */
const FILE_HASHES = 64;
const HASHES_WHEN_SHORT = 128;

/** Begins to look at the host: processes at each tick, everything else when it is due, until it is stopped. */
export async function startCollecting(options: CollectOptions): Promise<Collecting> {
  const collecting = new HostCollecting(options, await openParts(options));
  await collecting.start();
  return collecting;
}

interface Parts {
  readonly watcher: ProcessWatcher | undefined;
  readonly runner: CollectorRunner;
  readonly hashes: FileHashes;
  readonly files: FileCollector | undefined;
}

class HostCollecting implements Collecting {
  readonly #options: CollectOptions;
  readonly #parts: Parts;
  readonly #monotonicMs: () => number;
  readonly #loop: TickLoop;
  #processes: CollectorState = { name: "processes", state: "waiting", detail: "", failures: 0, durationMs: 0 };
  #renewals: number;

  constructor(options: CollectOptions, parts: Parts) {
    this.#options = options;
    this.#parts = parts;
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
    this.#renewals = options.store.renewals;
    const intervalMs = () => options.settings.tickSeconds * 1_000 * options.writer.slowdown;
    this.#loop = new TickLoop({ tick: () => this.#tickSafely(), intervalMs, monotonicMs: this.#monotonicMs });
    options.signal?.addEventListener("abort", () => void this.stop(), { once: true });
  }

  async start(): Promise<void> {
    const { source, losses } = this.#options;
    // Before the first look: what begins between both is told of, or found.
    await source?.start(
      (event) => this.#parts.watcher?.onEvent(event),
      (count, reason) => losses.add("source", source.name, reason, count),
    );
    this.#loop.start();
  }

  tick(): Promise<void> {
    return this.#loop.now();
  }

  states(): readonly CollectorState[] {
    return [...(this.#parts.watcher === undefined ? [] : [this.#processes]), ...this.#parts.runner.states()];
  }

  readings(): TrackerReadings {
    return this.#parts.watcher?.readings() ?? { processes: 0, missedBySource: 0 };
  }

  watch(watches: readonly FileWatch[]): void {
    this.#parts.files?.setWatches(watches);
    this.#parts.runner.hurry("file");
  }

  shrink(): void {
    this.#parts.hashes.shrink(HASHES_WHEN_SHORT);
  }

  async stop(): Promise<void> {
    const lastTick = this.#loop.stop();
    await this.#options.source?.stop();
    await lastTick;
    await this.#parts.watcher?.settle(SETTLE_MS);
    this.#parts.runner.close();
    await this.#parts.runner.settle(SETTLE_MS);
    this.#parts.watcher?.close();
    // Whoever begins to collect again finds what was told.
    await this.#options.writer.flush();
  }

  async #tickSafely(): Promise<void> {
    try {
      await this.#tick();
    } catch (cause) {
      this.#options.log.error({ err: cause }, "a tick failed");
    }
  }

  async #tick(): Promise<void> {
    const { store, writer, onTick } = this.#options;
    await this.#tellAgain();
    await this.#lookAtProcesses();
    this.#parts.runner.startDue(writer.slowdown);
    await this.#parts.watcher?.settle(SETTLE_MS);
    await writer.flush();
    this.#keepUp();
    await onTick?.(store.head);
  }

  /** Rows of state that were lost on their way, or with the file that they stood in. */
  async #tellAgain(): Promise<void> {
    const { store, writer } = this.#options;
    const stale = new Set(writer.takeStale());
    const isRenewed = store.renewals !== this.#renewals;
    this.#renewals = store.renewals;
    if (isRenewed) for (const table of this.#parts.runner.tables()) stale.add(table);
    for (const table of stale) this.#parts.runner.forget(table);
    if ((isRenewed || stale.has("processes")) && this.#parts.watcher !== undefined) {
      await writer.put([this.#parts.watcher.snapshot()]);
    }
  }

  async #lookAtProcesses(): Promise<void> {
    if (this.#parts.watcher === undefined) return;
    const { metrics } = this.#options;
    const startedAt = this.#monotonicMs();
    try {
      const count = await this.#parts.watcher.tick();
      const durationMs = this.#monotonicMs() - startedAt;
      metrics.enumerated(durationMs / 1_000, count);
      this.#processes = { name: "processes", state: "ok", detail: "", failures: 0, durationMs };
    } catch (cause) {
      this.#processesFailed(cause);
    }
  }

  #processesFailed(cause: unknown): void {
    const { losses, metrics, log } = this.#options;
    const failures = this.#processes.failures + 1;
    this.#processes = { ...this.#processes, state: "failed", detail: "failed", failures };
    metrics.collectionFailed("processes");
    losses.add("collector", "processes", "failed", 1);
    if (failures === 1) log.error({ collector: "processes", err: cause }, "a collector could not look");
  }

  #keepUp(): void {
    const { upkeep, writer, log } = this.#options;
    try {
      upkeep.step(writer.readings().queuedRows === 0);
    } catch (cause) {
      log.error({ err: cause }, "the event store could not be kept up");
    }
  }
}

async function openParts(options: CollectOptions): Promise<Parts> {
  const { settings, losses, writer, store, log, metrics, root = "/", now = Date.now } = options;
  const { monotonicMs = () => performance.now() } = options;
  const put = writer.put.bind(writer);
  const accounts = new Accounts(root, monotonicMs);
  const hashes = new FileHashes({ onFailure: (reason) => losses.add("collector", "processes", reason, 1) });
  const watched = {
    method: settings.processMethod ?? methodOf(process.platform),
    proc: join(root, "proc"),
    rescanTicks: Math.ceil((settings.rescanSeconds ?? RESCAN_SECONDS) / settings.tickSeconds),
    tellsForks: settings.tellsForks ?? false,
    masks: settings.maskSecrets,
    source: () => options.source?.name ?? "polling",
    store,
    hashes,
    accounts,
    losses,
    put: tellingFinds(put, options.source),
    now,
  };
  const watcher = settings.collectors.processes.enabled ? await watchProcesses(watched) : undefined;
  const onFailure = (collector: string, reason: string, cause: unknown): void => {
    metrics.collectionFailed(collector);
    log.warn({ collector, reason, err: cause }, "a collector could not look");
  };
  const runnerOptions = { losses, put, maxAtATime: settings.concurrency, monotonicMs, onFailure };
  const files = settings.collectors.file.enabled ? openFiles(options, root) : undefined;
  const collectors = [...collectorsOf(options, accounts, root), ...(files === undefined ? [] : [files])];
  return { watcher, hashes, files, runner: new CollectorRunner(collectors, runnerOptions) };
}

type Put = (changes: readonly RowChange[]) => Promise<void>;

/** What is found by looking is told to the source that stands for that: what it catches can be measured then. */
function tellingFinds(put: Put, source: ProcessEventSource | undefined): Put {
  if (source?.found === undefined) return put;
  return (changes) => {
    if (source.name === "polling") {
      for (const change of changes) {
        if (change.table === "process_events" && "row" in change) source.found?.(findOf(change.row));
      }
    }
    return put(changes);
  };
}

function findOf(row: Row): ProcessEvent {
  return {
    type: row["type"] as ProcessEvent["type"],
    source: "polling",
    pid: Number(row["pid"]),
    parent: Number(row["parent"]),
    timeMs: Number(row["time"]) * 1_000,
    cmdline: String(row["cmdline"]),
  };
}

function collectorsOf({ settings, losses, sourceRows }: CollectOptions, accounts: Accounts, root: string): Collector[] {
  const lose = (name: string, count: number, reason: string): void => losses.add("collector", name, reason, count);
  const onHost = hostCollectors({ root, accounts, settings: settings.collectors, lose });
  return sourceRows === undefined ? [...onHost] : [...onHost, sourcesCollector(sourceRows)];
}

/** With hashes of its own: a file that does not answer must not delay those of processes. */
function openFiles(options: CollectOptions, root: string): FileCollector {
  const { watches, store, losses, settings, now = Date.now, monotonicMs = () => performance.now() } = options;
  const onFailure = (reason: string): void => losses.add("collector", "file", reason, 1);
  const hashes = new FileHashes({ maxEntries: FILE_HASHES, onFailure });
  const { intervalSeconds } = settings.collectors.file;
  return new FileCollector({
    watches,
    store,
    losses,
    hashes,
    intervalSeconds,
    now,
    monotonicMs,
    root: root === "/" ? "" : root,
  });
}

function sourcesCollector(rows: () => readonly Row[]): Collector {
  return {
    name: "agent_sources",
    intervalSeconds: SOURCES_EVERY_SECONDS,
    collect: () => Promise.resolve([{ table: "agent_sources", snapshot: rows() }]),
  };
}
