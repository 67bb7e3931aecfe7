import type { Logger, Operation } from "@holdfast/engine";
import { admit, ruleTables } from "@holdfast/rules";
import {
  type CredentialStore,
  type Feature,
  type MemoryReading,
  type MemoryWatch,
  type Metrics,
  watchMemory,
} from "@holdfast/runtime";
import type { Effects } from "../effects.ts";
import { RuleBook, type RuleParts, type RuleSnapshot } from "../rules/index.ts";
import type { AgentSettings } from "../settings/index.ts";
import { chooseSource, type ChosenSource } from "../sources/index.ts";
import { agentOperations } from "./agent-operations.ts";
import type { AgentFolder } from "./data-folder.ts";
import type { Ending } from "./ending.ts";
import { rulesFor } from "./load-rules.ts";
import { type AgentMetrics, createAgentMetrics } from "./metrics.ts";
import { type OpenExecutors, openExecutors } from "./open-executors.ts";
import { type OpenNotification, openNotification } from "./open-notification.ts";
import { type OpenStore, openStore } from "./open-store.ts";
import { HostOfAgent } from "./host-of-agent.ts";
import { queryOver } from "./query.ts";
import { RuleReadings } from "./rule-readings.ts";

const MIB = 1024 * 1024;

/** What parts are opened with. */
export interface PartsStart {
  /** As they hold now; some change while the agent runs. */
  readonly settings: () => AgentSettings;
  readonly folder: AgentFolder;
  readonly host: string;
  readonly log: Logger;
  readonly credentials: CredentialStore;
  readonly metrics: Metrics;
  readonly effects: Effects;
  readonly ending: Ending;
}

/** What an agent is made of beside its ledger. */
export interface AgentParts {
  readonly metrics: AgentMetrics;
  readonly stored: OpenStore;
  readonly executors: OpenExecutors;
  readonly rules: RuleParts;
  /** Rules as their files said when the agent was started. */
  readonly snapshot: RuleSnapshot;
  readonly notification: OpenNotification;
  readonly ruleReadings: RuleReadings;
  readonly source: ChosenSource;
  readonly memory: MemoryWatch;
  readonly operations: readonly Operation[];
  features(): readonly Feature[];
}

/** Opens what stands beside the ledger, in the order in which one needs the other; nothing runs yet. */
export async function openParts(start: PartsStart): Promise<AgentParts> {
  const { settings, folder, host, log, effects, ending } = start;
  const told = settings();
  const metrics = createAgentMetrics(start.metrics.register, () => stored.store.readings().bytes);
  const stored = openStore(folder, told, metrics, log, ending);
  const executors = openExecutors(folder, told, log, ending);
  const source = chooseSource(told.collect.source);
  const memory = watchMemory(told.memoryMiB * MIB, (reading) => onPressure(stored, log, reading));
  ending.at("collectors", () => memory.stop());
  const ruleReadings = new RuleReadings();
  const load = () => rulesFor(folder, settings());
  const snapshot = load();
  const rules: RuleParts = {
    book: new RuleBook(() => {}),
    load,
    readings: (rule) => ruleReadings.of(rule),
    effects,
  };
  const ruleIds = () => [...load().rules.keys()];
  const notification = await openNotification({ ...start, settings: told, metrics, ruleIds });
  const operations = agentOperations({
    rules,
    queries: {
      admit: (sql) => admit(sql, { profile: settings().detection.profile, tables: ruleTables }),
      run: queryOver(executors.queries, () => stored.store.head),
    },
    sinks: notification.sinks,
    host: new HostOfAgent({
      name: host,
      stored,
      executors,
      minimum: told.detection.sandbox,
      queueRows: told.store.queueRows,
      maxStoreMiB: told.store.maxMiB,
      sources: () => source.readings(),
      memory: () => memory.reading(),
    }),
    effects,
  });
  const features = () => [executors.feature(), notification.feature()];
  return {
    metrics,
    stored,
    executors,
    rules,
    snapshot,
    notification,
    ruleReadings,
    source,
    memory,
    operations,
    features,
  };
}

/** From 80 % of the budget on less is taken in, until there is room again (P11). */
function onPressure({ writer, store }: OpenStore, log: Logger, { level, bytes, budgetBytes }: MemoryReading): void {
  writer.setMemoryPressure(level !== "normal");
  if (level !== "normal") store.shrink();
  log[level === "exceeded" ? "error" : "warn"]({ level, bytes, budgetBytes }, "memory of agent and executor");
}
