import type { GateMeter } from "@holdfast/engine";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

const FAST_SECONDS = [0.000_01, 0.000_05, 0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.05, 0.1];
const REQUEST_SECONDS = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** What a storage tells whoever scrapes; reading it asks nobody. */
export interface StorageReadings {
  readonly isOnDuty: boolean;
  /** Undefined where no other node is to be heard of. */
  readonly isListening?: boolean;
  readonly connections?: { readonly open: number; readonly idle: number; readonly waiting: number };
}

/** Numbers that are read when somebody scrapes, rather than kept up to date. */
export interface Readings {
  readonly queueDepth: () => number;
  readonly queueAgeSeconds: () => number;
  readonly ledgerSize: () => number;
  readonly checkpointSize: () => number;
  readonly cacheHits: () => number;
  readonly cacheMisses: () => number;
  readonly storage: () => StorageReadings;
}

/** What a program counts of itself. */
export interface Metrics {
  /** Where a program adds what only it counts. */
  readonly register: Registry;
  readonly meter: GateMeter;
  readonly stray: (code: string) => void;
  /** Other nodes were first, so many times before a batch stood. */
  contended(retries: number): void;
  commit(batchSize: number, seconds: number, fsyncSeconds: number): void;
  checkpoint(): void;
  observe(readings: Readings): void;
  text(): Promise<string>;
}

/**
 * Prometheus metrics of one process with a ledger; labels are operation names, outcomes and codes, so their number is
 * bounded. `loopLookMs`: between two looks at how late the event loop is, each of which wakes the process.
 */
export function createMetrics(loopLookMs = 10): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: loopLookMs });
  const registers = [register];
  const requests = new Histogram({
    name: "holdfast_request_duration_seconds",
    help: "Time from decoded call to recorded answer.",
    labelNames: ["operation", "outcome"],
    buckets: REQUEST_SECONDS,
    registers,
  });
  const decisions = new Histogram({
    name: "holdfast_decision_duration_seconds",
    help: "Time of one access decision.",
    buckets: FAST_SECONDS,
    registers,
  });
  const replans = new Counter({
    name: "holdfast_stale_retries_total",
    help: "Plans repeated because a footprint changed.",
    registers,
  });
  const limited = new Counter({
    name: "holdfast_rate_limited_total",
    help: "Calls refused by a rate limit.",
    registers,
  });
  const strays = new Counter({
    name: "holdfast_stray_requests_total",
    help: "Requests that never became an operation.",
    labelNames: ["code"],
    registers,
  });
  const batch = new Histogram({
    name: "holdfast_commit_batch_size",
    help: "Operations in one commit.",
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
    registers,
  });
  const commit = new Histogram({
    name: "holdfast_commit_duration_seconds",
    help: "Time of one commit, fsync included.",
    buckets: REQUEST_SECONDS,
    registers,
  });
  const fsync = new Histogram({
    name: "holdfast_fsync_duration_seconds",
    help: "Time of the durable part of one commit.",
    buckets: REQUEST_SECONDS,
    registers,
  });
  const contention = new Counter({
    name: "holdfast_commit_contended_total",
    help: "Times a batch was made again because another node had committed first.",
    registers,
  });
  const requestsOf = byLabels((operation, outcome) => requests.labels({ operation, outcome }));
  let checkpointedAt = Date.now();
  new Gauge({
    name: "holdfast_checkpoint_age_seconds",
    help: "Time since the newest checkpoint was issued, or since start.",
    registers,
    collect() {
      this.set((Date.now() - checkpointedAt) / 1000);
    },
  });
  return {
    register,
    meter: {
      operation: (operation, outcome, seconds) => {
        requestsOf(operation, outcome).observe(seconds);
      },
      decision: (seconds) => decisions.observe(seconds),
      replanned: () => replans.inc(),
      limited: () => limited.inc(),
    },
    contended: (retries) => contention.inc(retries),
    stray: (code) => strays.inc({ code }),
    commit(batchSize, seconds, fsyncSeconds) {
      batch.observe(batchSize);
      commit.observe(seconds);
      fsync.observe(fsyncSeconds);
    },
    checkpoint: () => {
      checkpointedAt = Date.now();
    },
    observe: (readings) => {
      readLater(register, readings);
    },
    text: () => register.metrics(),
  };
}

function readLater(register: Registry, readings: Readings): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [register],
      collect() {
        this.set(read());
      },
    });
  gauge("holdfast_queue_depth", "Operations waiting to be committed.", readings.queueDepth);
  gauge("holdfast_queue_age_seconds", "Age of the oldest operation waiting to be committed.", readings.queueAgeSeconds);
  gauge("holdfast_ledger_entries", "Entries in the ledger.", readings.ledgerSize);
  gauge("holdfast_checkpoint_entries", "Entries under the newest checkpoint.", readings.checkpointSize);
  gauge("holdfast_cache_hits", "Reads answered from the cache since start.", readings.cacheHits);
  gauge("holdfast_cache_misses", "Reads that went to storage since start.", readings.cacheMisses);
  gauge("holdfast_duty_holder", "1 on the node that does what one of all nodes has to do.", () =>
    Number(readings.storage().isOnDuty),
  );
  if (readings.storage().isListening !== undefined) readOfShared(gauge, readings.storage);
}

/** What only a database of several nodes has. */
function readOfShared(
  gauge: (name: string, help: string, read: () => number) => unknown,
  storage: () => StorageReadings,
): void {
  gauge("holdfast_feed_listening", "1 while other nodes' commits are told of, 0 while they are looked for.", () =>
    Number(storage().isListening),
  );
  const connections = () => storage().connections ?? { open: 0, idle: 0, waiting: 0 };
  gauge("holdfast_storage_connections", "Open connections for reads.", () => connections().open);
  gauge("holdfast_storage_connections_idle", "Those of them that nobody uses now.", () => connections().idle);
  gauge("holdfast_storage_waiting", "Reads that wait for a connection.", () => connections().waiting);
}

/** Children of a labelled metric, looked up once: hashing labels anew would be the dearest part of counting a read. */
function byLabels<T>(childOf: (operation: string, outcome: string) => T): (operation: string, outcome: string) => T {
  const known = new Map<string, Map<string, T>>();
  return (operation, outcome) => {
    let children = known.get(operation);
    if (children === undefined) known.set(operation, (children = new Map<string, T>()));
    let child = children.get(outcome);
    if (child === undefined) children.set(outcome, (child = childOf(operation, outcome)));
    return child;
  };
}
