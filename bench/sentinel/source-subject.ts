/** Sees processes through one source and stores what it sees, as the agent does; nothing is judged. */
import { join } from "node:path";
import { ruleTables } from "@holdfast/rules";
import { type Collecting, startCollecting } from "../../packages/agent/src/collect/index.ts";
import { BatchWriter, EventStore, LossTally, StoreUpkeep } from "../../packages/agent/src/events/index.ts";
import { auditSource } from "../../packages/agent/src/sources/audit/audit.ts";
import { connectorSource } from "../../packages/agent/src/sources/connector/connector.ts";
import { ebpfSource } from "../../packages/agent/src/sources/ebpf/ebpf.ts";
import type { EventSource, SourceState } from "../../packages/agent/src/sources/event-source.ts";
import { PollingSource } from "../../packages/agent/src/sources/polling.ts";
import { type SeeRequest, type Seen, type SourceName, eventsFile } from "./seeing.ts";
import { answerParent } from "./subject.ts";

const sources: Readonly<Record<SourceName, () => EventSource>> = {
  connector: connectorSource,
  audit: auditSource,
  ebpf: ebpfSource,
  polling: () => new PollingSource(),
};
const off = { enabled: false } as const;
/** As the agent comes, but for what is not about processes. */
const settings = {
  tickSeconds: 1,
  concurrency: 1,
  maskSecrets: true,
  collectors: {
    processes: { enabled: true },
    listeningPorts: off,
    processOpenSockets: off,
    users: off,
    kernelModules: off,
    file: off,
    mounts: off,
    crontab: off,
    systemdTimers: off,
    authorizedKeys: off,
  },
};
const silent = () => {};
const log = { debug: silent, info: silent, warn: silent, error: silent };

interface Running {
  readonly collecting: Collecting;
  readonly writer: BatchWriter;
  readonly store: EventStore;
}

let running: Running | undefined;

answerParent<SeeRequest, Seen>(async (request) => {
  if (request.do === "begin") return begin(request.source, request.folder);
  await running?.collecting.tick();
  await running?.writer.flush();
  return { state: "active", detail: "" };
}, end);

async function begin(name: SourceName, folder: string): Promise<Seen> {
  const losses = new LossTally();
  const path = join(folder, eventsFile);
  const store = new EventStore({ path, tables: ruleTables, memoryBudgetBytes: 100e6, maxBytes: 1e9, losses });
  const writer = new BatchWriter({ store, losses, policy: { kind: "drop-oldest" } });
  const upkeep = new StoreUpkeep({ store, maxAgeSeconds: 86_400 });
  const source = sources[name]();
  let state: SourceState = { state: "failed", detail: "it did not start" };
  const started = {
    name,
    start: async (...listeners: Parameters<EventSource["start"]>) => {
      state = await source.start(...listeners);
    },
    stop: () => source.stop(),
  };
  const metrics = { enumerated: silent, collectionFailed: silent };
  const options = { store, writer, upkeep, losses, settings, log, metrics, watches: [], source: started };
  running = { collecting: await startCollecting(options), writer, store };
  return state;
}

async function end(): Promise<void> {
  await running?.collecting.stop();
  await running?.writer.close();
  running?.store.close();
}
