/** Front door of collecting: what is looked at on a host, and what is told of it. */
export type { Collector } from "./collector.ts";
export type { CollectorState } from "./collector-runner.ts";
export { type AgentFiles, agentWatches, defaultWatches, type FileWatch } from "./files/watches.ts";
export type { ProcessEvent, ProcessEventSource, ProcessSourceName } from "./process-event.ts";
export {
  type Collecting,
  type CollectMetrics,
  type CollectOptions,
  type CollectSettings,
  startCollecting,
} from "./start-collecting.ts";
export type { ProcessMethod } from "./watch-processes.ts";
