import {
  boolean,
  choice,
  integer,
  list,
  logFormats,
  map,
  path,
  record,
  secret,
  section,
  text,
  type ValueOf,
} from "@holdfast/runtime";
import { alertsSection } from "./alerts-section.ts";
import { collectSection } from "./collect-section.ts";
import { detectionSection } from "./detection-section.ts";
import { storeSection } from "./store-section.ts";

/** Everything that an agent is told from outside. */
export const schema = section("The agent of a host.", {
  dataDir: path({ summary: "Folder of ledger, events, outbox and socket.", default: ".holdfast/agent" }),
  checkpointDir: path({ summary: "Second place for checkpoints of the ledger; in the state folder when not set." }),
  logLevel: choice({
    summary: "What is logged.",
    choices: ["debug", "info", "warn", "error"],
    default: "info",
    isReloadable: true,
  }),
  logFormat: choice({
    summary: "How lines of the log look: auto is text on a terminal and JSON elsewhere.",
    choices: logFormats,
    default: "auto",
  }),
  host: text({
    summary: "Name of this host in rows, alerts and entries; the system's own when not set.",
    pattern: /^[\w.-]{1,64}$/,
    form: "at most 64 letters, digits, dots, dashes and underscores",
  }),
  rootKey: secret({ summary: "Root key of the ledger; in the credential store, made by the agent, when not set." }),
  cipher: choice({
    summary: "What seals new values.",
    choices: ["xchacha20-poly1305", "aes-256-gcm", "chacha20-poly1305"],
    default: "xchacha20-poly1305",
  }),
  credentials: section("Where the agent's secrets lie.", {
    store: choice({
      summary: "auto takes the best that there is; a store that is named and not there is refused.",
      choices: ["auto", "systemd", "systemd-creds", "secret-service", "keychain", "file", "credential-manager"],
      default: "auto",
    }),
    passphrase: secret({ summary: "Seals secrets in files; this host's own ids do when it is not set." }),
    previousPassphrase: secret({ summary: "Opens what was sealed under it, so that it is sealed anew." }),
    machineIdFile: path({ summary: "File with the id that names this host, in place of the system's own." }),
  }),
  socket: path({ summary: "Socket of the agent; in its data folder when not set." }),
  metricsAddress: text({
    summary: "Address of /metrics, /healthz and /readyz; only the socket has them when not set.",
    pattern: /^(?:\[[0-9a-fA-F:]+\]|[\w.-]{1,253}):\d{1,5}$/,
    form: "an address and a port, such as 127.0.0.1:9464",
  }),
  metricsOpenToOthers: boolean({
    summary: "Whether metricsAddress may be one that other hosts reach; nobody is asked who they are there.",
    default: false,
  }),
  memoryMiB: integer({ summary: "Memory of agent and executor together.", default: 100, min: 64, max: 4_096 }),
  collect: collectSection,
  store: storeSection,
  detection: detectionSection,
  alerts: alertsSection,
  routes: map(record({ summary: "Severities, rules and tags." }), {
    summary: "Routes that sinks refer to by name.",
    maxItems: 64,
    isReloadable: true,
  }),
  sinks: list(record({ summary: "A sink." }), {
    summary: "Where alerts go.",
    maxItems: 32,
    isReloadable: true,
  }),
  quietHours: list(record({ summary: "Hours of a day." }), {
    summary: "Hours in which only what is urgent is told, for every sink that has none of its own.",
    maxItems: 16,
    isReloadable: true,
  }),
});

/** What an agent was told, checked. */
export type AgentSettings = ValueOf<typeof schema>;
