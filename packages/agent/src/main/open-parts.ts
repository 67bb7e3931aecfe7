import type { Logger, Operation } from "@holdfast/engine";
import { admit, ruleTables } from "@holdfast/rules";
import type { CredentialStore, Feature, Metrics } from "@holdfast/runtime";
import type { Effects } from "../effects.ts";
import { RuleBook, type RuleParts, type RuleSnapshot } from "../rules/index.ts";
import type { AgentSettings } from "../settings/index.ts";
import { chooseSource, type ChosenSource } from "../sources/index.ts";
import { agentOperations } from "./agent-operations.ts";
import type { AgentFolder } from "./data-folder.ts";
import { Detection } from "./detection.ts";
import type { Ending } from "./ending.ts";
import { HostOfAgent } from "./host-of-agent.ts";
import { rulesFor } from "./load-rules.ts";
import { MemoryBudget } from "./memory-budget.ts";
import { type AgentMetrics, createAgentMetrics } from "./metrics.ts";
import { addSourceMetrics } from "./source-metrics.ts";
import { type OpenExecutors, openExecutors } from "./open-executors.ts";
import { type OpenNotification, openNotification } from "./open-notification.ts";
import { type OpenStore, openStore } from "./open-store.ts";
import { OwnFindings } from "./own-findings.ts";
import { queryOver } from "./query.ts";
import { tellRulesChanged } from "./rules-changed.ts";

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
  readonly own: OwnFindings;
  readonly stored: OpenStore;
  readonly source: ChosenSource;
  readonly executors: OpenExecutors;
  readonly detection: Detection;
  readonly rules: RuleParts;
  /** Rules as their files said when the agent was started. */
  readonly snapshot: RuleSnapshot;
  readonly notification: OpenNotification;
  readonly memory: MemoryBudget;
  readonly operations: readonly Operation[];
  features(): readonly Feature[];
}

/** Opens what stands beside the ledger, in the order in which one needs the other; nothing runs yet. */
export async function openParts(start: PartsStart): Promise<AgentParts> {
  const { settings, folder, host, log, effects, ending } = start;
  const told = settings();
  const own = new OwnFindings(host);
  const metrics = createAgentMetrics(start.metrics.register, () => stored.store.readings().bytes);
  const stored = openStore({ folder, settings: told, metrics, own, log, ending });
  const source = chooseSource(told.collect.source);
  addSourceMetrics(start.metrics.register, () => source.readings());
  const executors = openExecutors({ folder, settings: told, own, log, ending });
  const detection = new Detection({ host, stored, executors, own, metrics, log });
  const load = () => rulesFor(folder, settings());
  const snapshot = load();
  const book = new RuleBook(
    (running) => detection.setRules(running),
    (rule) => detection.enable(rule),
  );
  const rules: RuleParts = {
    book,
    load,
    readings: (rule) => detection.readingOf(rule),
    effects,
    onChanged: tellRulesChanged(own),
  };
  const ruleIds = () => [...load().rules.keys()];
  const notification = await openNotification({ ...start, settings: told, metrics, ruleIds });
  const memory = new MemoryBudget(told.memoryMiB, log, ending);
  const operations = agentOperations({
    rules,
    queries: {
      admit: (sql) => admit(sql, { profile: settings().detection.queryProfile, tables: ruleTables }),
      run: queryOver(executors.queries, () => stored.store.head),
    },
    sinks: notification.sinks,
    host: new HostOfAgent({ name: host, settings: told, stored, executors, source, memory }),
    effects,
  });
  return {
    metrics,
    own,
    stored,
    source,
    executors,
    detection,
    rules,
    snapshot,
    notification,
    memory,
    operations,
    features: () => [
      processEvents(source),
      executors.feature(),
      detection.feature(),
      notification.feature(),
      memory.feature(),
    ],
  };
}

/** Where process events come from; looking at /proc now and then misses what lives shorter. */
function processEvents(source: ChosenSource): Feature {
  const name = "process-events";
  const active = source.readings().find(({ state }) => state === "active");
  if (active === undefined) return { name, state: "unavailable", detail: "no source has been started" };
  if (active.name !== "polling") return { name, state: "available", detail: `${active.name}: ${active.detail}` };
  const others = source.readings().filter((one) => one !== active && one.state !== "active");
  const why = others.map((one) => `${one.name}: ${one.detail}`).join("; ");
  return { name, state: "degraded", detail: `polling misses what lives shorter than a tick; ${why}` };
}
