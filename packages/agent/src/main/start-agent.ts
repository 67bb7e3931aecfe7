import { join } from "node:path";
import {
  type Environment,
  type Feature,
  hardenProcess,
  type Health,
  keepCapabilitiesFromChildren,
  type LevelledLogger,
  type LoadedSettings,
  type Metrics,
  probePages,
} from "@holdfast/runtime";
import { problems, startDuties } from "@holdfast/spine";
import { Effects } from "../effects.ts";
import { restoreRules } from "../rules/index.ts";
import { addressOf, type AgentSettings } from "../settings/index.ts";
import { alertDuty, startRecorder } from "./alerting.ts";
import { type AgentFolder, openAgentFolder } from "./data-folder.ts";
import { Ending } from "./ending.ts";
import { listen, type Listening } from "./listeners.ts";
import { checkpointDirOf, hostNameOf, type Told } from "./load-settings.ts";
import { openCredentials } from "./open-credentials.ts";
import { type AgentLedger, openLedger } from "./open-ledger.ts";
import { type AgentParts, openParts } from "./open-parts.ts";
import type { OwnFindings } from "./own-findings.ts";
import { reloadAgent } from "./reload.ts";
import { agentRootKey } from "./root-key.ts";
import { tellUnwatched } from "./rules-changed.ts";
import { type Collection, startCollection } from "./start-collection.ts";
import { watchesOf } from "./watches.ts";

const SUITES = { "xchacha20-poly1305": 1, "aes-256-gcm": 2, "chacha20-poly1305": 3 } as const;

/** What an agent is started with. */
export interface AgentStart {
  readonly loaded: LoadedSettings<AgentSettings>;
  /** Where the settings come from. */
  readonly told: Told;
  readonly log: LevelledLogger;
}

/** An agent that runs, as its process sees it. */
export interface RunningAgent {
  readonly folder: AgentFolder;
  readonly socket: string;
  readonly host: string;
  readonly isNew: boolean;
  readonly seal: string;
  readonly startedInMs: number;
  readonly metricsPort: number | undefined;
  /** How its parts are. */
  features(): readonly Feature[];
  health(): Health;
  /** Takes what can be changed while it runs: rules, sinks, files under watch. */
  reload(loaded: LoadedSettings<AgentSettings>): Promise<void>;
  /** Ends its parts in order; nothing that was acknowledged is lost by not waiting for it. */
  stop(): Promise<void>;
}

/** Starts an agent on its data folder, or throws the StartFailure that says what is in the way. */
export async function startAgent(start: AgentStart): Promise<RunningAgent> {
  const ending = new Ending(start.log);
  try {
    return await begin(start, ending);
  } catch (error) {
    await ending.run();
    throw error;
  }
}

async function begin(start: AgentStart, ending: Ending): Promise<RunningAgent> {
  const { told, log } = start;
  const { settings, files } = start.loaded;
  const { env } = told;
  const host = hostNameOf(settings);
  const held: Held = { settings, parts: undefined, collection: undefined, listening: undefined, features: [] };
  const hardening = hardenProcess();
  held.features.push(keepCapabilitiesFromChildren());
  const folder = openAgentFolder(settings.dataDir);
  const credentials = await openCredentials({ settings, folder, environment: env, log });
  const effects = new Effects(log);
  const features = () => [
    ...held.features,
    credentials.feature(),
    ...(held.collection === undefined ? [] : [held.collection.feature()]),
    ...(held.parts?.features() ?? []),
    ...(held.listening?.features() ?? []),
  ];
  const rootKey = agentRootKey(settings.rootKey, credentials.store);
  const ledger = await openLedger({
    folder,
    settings: {
      nodeName: host,
      suite: SUITES[settings.cipher],
      checkpointDir: checkpointDirOf(settings, env),
    },
    rootKey,
    hardening,
    log,
    ending,
    features,
    onCommitted: (writes) => effects.onCommitted(writes),
    async operations({ metrics }) {
      const now = () => held.settings;
      const { store } = credentials;
      held.parts = await openParts({ settings: now, folder, host, log, credentials: store, metrics, effects, ending });
      return held.parts.operations;
    },
  });
  const { parts } = held as { readonly parts: AgentParts };
  const { assembly, principal } = ledger;
  await restoreRules(parts.rules.book, parts.snapshot, assembly.reads(), principal.tenant);
  tellUnwatched(parts.own, parts.snapshot);
  const recorder = await startRecorder({ ledger, parts, settings, log, ending });
  await parts.executors.start();
  parts.detection.begin(recorder);
  const watches = watchesOf(settings, files, told);
  const collection = startCollection({ parts, settings, watches, log, ending });
  held.collection = collection;
  const socket = socketOf(settings, env, folder);
  const listening = await openDoors({
    ledger,
    socket,
    own: parts.own,
    log,
    metrics: assembly.metrics,
    settings,
    ending,
  });
  held.listening = listening;
  const further = [alertDuty(ledger, settings)];
  const { gate, keyring, reads, actors, systemTenant } = assembly;
  const duties = { gate, keyring, reads, ledger: assembly.ledger, actor: actors.server, systemTenant, log, further };
  ending.at("doors", startDuties(duties));
  assembly.verifyAll();
  return {
    folder,
    socket,
    host,
    isNew: assembly.isNew,
    seal: rootKey.detail("sqlite"),
    startedInMs: performance.now(),
    metricsPort: listening.metricsPort,
    features,
    health: () => collection.health(),
    reload: (changed) => reloadAgent({ held, told, parts, collection, ledger, log }, changed),
    stop: () => ending.run(),
  };
}

/** What is known only once the folder is this process's own, and what a reload changes. */
interface Held {
  settings: AgentSettings;
  parts: AgentParts | undefined;
  collection: Collection | undefined;
  listening: Listening | undefined;
  readonly features: Feature[];
}

interface Doors {
  readonly ledger: AgentLedger;
  readonly socket: string;
  readonly own: OwnFindings;
  readonly log: LevelledLogger;
  readonly metrics: Metrics;
  readonly settings: AgentSettings;
  readonly ending: Ending;
}

async function openDoors({ ledger, socket, own, log, metrics, settings, ending }: Doors) {
  const { gate, operations, refusal } = ledger.assembly;
  const pages = probePages({ notReady: () => refusal()?.message }, () => metrics.text());
  const address = settings.metricsAddress === undefined ? undefined : addressOf(settings.metricsAddress);
  const door = { gate, operations, problems, pages, onStray: metrics.stray };
  const onTaken = (found: string) =>
    own.raise("agent-socket-replaced", "The agent's socket was removed or replaced", { socket, found });
  const listening = await listen(socket, address, door, { log, onTaken });
  ending.at("doors", () => listening.close());
  return listening;
}

/** A unit has a folder for what lives as long as it runs, where commands look for its socket. */
function socketOf({ socket }: AgentSettings, env: Environment, folder: AgentFolder): string {
  const [runtime = ""] = (env["RUNTIME_DIRECTORY"] ?? "").split(":");
  return socket ?? (runtime.startsWith("/") ? join(runtime, "socket") : folder.socket);
}
