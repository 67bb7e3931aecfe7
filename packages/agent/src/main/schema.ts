import {
  boolean,
  choice,
  duration,
  integer,
  list,
  map,
  path,
  record,
  secret,
  section,
  text,
  type ValueOf,
} from "@holdfast/runtime";

const DAY = 86_400;
const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\]):\d{1,5}$/;

const collect = section("What is looked at, and how often.", {
  tickSeconds: duration({ summary: "Time between two looks at the processes.", default: 1, min: 1, max: 300 }),
  source: choice({
    summary: "Where the starts and ends of processes are heard of; auto takes the best that works here.",
    choices: ["auto", "connector", "audit", "ebpf", "polling"],
    default: "auto",
  }),
  concurrency: integer({ summary: "Collectors that look at the same time.", default: 4, min: 1, max: 16 }),
  watch: list(
    section("Files under watch.", {
      category: text({ summary: "Its name in rows and alerts.", isRequired: true, pattern: /^[\w.-]{1,64}$/ }),
      paths: list(text({ summary: "A path, or a pattern with * and **." }), {
        summary: "What is watched.",
        maxItems: 64,
      }),
    }),
    { summary: "Files under watch beside those that the agent watches by itself.", maxItems: 64 },
  ),
});

const store = section("The event store.", {
  maxMiB: integer({ summary: "Size at which the oldest events go.", default: 512, min: 16, max: 65_536 }),
  keepSeconds: duration({ summary: "Age at which events go.", default: 7 * DAY, min: 3_600, max: 400 * DAY }),
  batchRows: integer({ summary: "Rows of one transaction at most.", default: 1_000, min: 1, max: 10_000 }),
  batchSeconds: duration({ summary: "How long a row waits for others at most.", default: 5, min: 1, max: 60 }),
  queueRows: integer({ summary: "Rows that may wait to be written.", default: 10_000, min: 100, max: 1_000_000 }),
  backPressure: choice({
    summary: "What happens to rows that find no room.",
    choices: ["drop-oldest", "block-with-timeout", "spill-to-disk", "adaptive"],
    default: "spill-to-disk",
  }),
  blockSeconds: duration({ summary: "How long block-with-timeout waits.", default: 1, min: 1, max: 60 }),
  spillMiB: integer({ summary: "What spill-to-disk may take.", default: 64, min: 1, max: 4_096 }),
});

const detection = section("How rules are judged.", {
  profile: choice({
    summary: "Which SQL rules and queries may use.",
    choices: ["strict", "extended"],
    default: "strict",
    isReloadable: true,
  }),
  folders: list(path({ summary: "A folder of rules." }), {
    summary: "Further folders of rules, beside the agent's own and its starter pack.",
    maxItems: 16,
    isReloadable: true,
  }),
  useStarterPack: boolean({
    summary: "Whether the rules that come with the agent run.",
    default: true,
    isReloadable: true,
  }),
  timeoutSeconds: duration({ summary: "Time that one run may take.", default: 30, min: 1, max: 300 }),
  memoryMiB: integer({ summary: "Memory that one run may take.", default: 64, min: 16, max: 1_024 }),
  maxRows: integer({ summary: "Rows that one run may find.", default: 1_000, min: 1, max: 100_000 }),
  sandbox: choice({
    summary: "What the executor has to be confined by; with less it still runs, and says so loudly.",
    choices: ["full", "partial", "none"],
    default: "partial",
  }),
});

const alerts = section("What becomes of findings.", {
  groupSeconds: duration({
    summary: "Findings of one rule with one key are one alert until this long after the last of them.",
    default: 3_600,
    min: 1,
    max: 30 * DAY,
  }),
  maxPerRuleAndHour: integer({
    summary: "Alerts that one rule may raise in an hour.",
    default: 60,
    min: 1,
    max: 10_000,
  }),
  keepDays: integer({ summary: "Days after which an alert goes; its entry stays.", default: 90, min: 1, max: 3_650 }),
});

/** Everything that an agent is told from outside. */
export const schema = section("The agent of a host.", {
  dataDir: path({ summary: "Folder of ledger, events, outbox and socket.", default: ".holdfast/agent" }),
  checkpointDir: path({ summary: "Second place for checkpoints of the ledger; in the state folder when not set." }),
  logLevel: choice({ summary: "What is logged.", choices: ["debug", "info", "warn", "error"], default: "info" }),
  host: text({
    summary: "Name of this host in rows, alerts and entries; the system's own when not set.",
    pattern: /^[\w.-]{1,64}$/,
    form: "at most 64 letters, digits, dots, dashes and underscores",
  }),
  rootKey: secret({ summary: "Root key of the ledger; made in the data folder when not set." }),
  cipher: choice({
    summary: "What seals new values.",
    choices: ["xchacha20-poly1305", "aes-256-gcm", "chacha20-poly1305"],
    default: "xchacha20-poly1305",
  }),
  metricsAddress: text({
    summary: "Loopback address of /metrics, /healthz and /readyz; only the socket has them when not set.",
    pattern: LOOPBACK,
    form: "a loopback address and a port, such as 127.0.0.1:9464",
  }),
  memoryMiB: integer({ summary: "Memory of agent and executor together.", default: 100, min: 64, max: 4_096 }),
  collect,
  store,
  detection,
  alerts,
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
});

/** What an agent was told, checked. */
export type AgentSettings = ValueOf<typeof schema>;
