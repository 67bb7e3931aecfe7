import Type from "typebox";
import * as field from "./fields.ts";
import * as sentinel from "./sentinel-fields.ts";

const { optional, named, list } = field;

const alertFields = {
  id: sentinel.alert,
  state: field.choice(["open", "acknowledged"]),
  severity: sentinel.severity("Severity of the rule."),
  title: field.text(256, "Title of the rule."),
  rule: sentinel.rule("Rule that found it."),
  host: sentinel.host,
  dedupKey: field.text(2048, "What tells findings of this rule apart."),
  count: field.integer(1, Number.MAX_SAFE_INTEGER, "Findings that came together in it."),
  firstSeenAt: field.time("When the first of them was found."),
  lastSeenAt: field.time("When the last of them was found."),
  summary: field.text(1024, "The finding in one line."),
  silencedBy: optional(sentinel.silence),
  acknowledgedAt: optional(field.time("When somebody took note of it.")),
  acknowledgedBy: optional(field.text(64, "Actor who took note of it.")),
  note: optional(field.text(1024, "What that actor said.")),
};

export const alert = named("Alert", alertFields);
export const alertWithDetails = named("AlertWithDetails", {
  ...alertFields,
  description: field.text(4096, "What the rule looks for."),
  falsePositives: list(field.text(1024), 64, { description: "What else it may be." }),
  attack: list(field.text(32), 64, { description: "MITRE ATT&CK ids." }),
  details: sentinel.details,
  context: optional(sentinel.context),
});
export const silence = named("Silence", {
  id: sentinel.silence,
  rule: optional(sentinel.rule("Rule whose alerts nobody is told of.")),
  dedupKey: optional(field.text(2048, "Only for alerts with this key.")),
  note: field.text(1024, "Why."),
  createdAt: field.time("When it was made."),
  createdBy: field.text(64, "Actor who made it."),
  expiresAt: field.time("When it ends."),
});
export const sink = named("Sink", {
  name: sentinel.sink,
  kind: field.text(32, "webhook, smtp, syslog, stdout, slack or teams."),
  target: field.text(256, "Where it sends to, without any secret."),
  state: field.choice(["healthy", "failing", "paused"], "failing: the last attempt did; paused: nothing is sent now."),
  breaker: field.choice(["closed", "open", "half-open"]),
  queued: field.count("Notifications that wait for delivery."),
  deadLetters: field.count("Notifications that were given up."),
  oldestQueuedAt: optional(field.time("When the one was queued that has waited longest.")),
  lastDeliveredAt: optional(field.time("Last success.")),
  lastError: optional(field.text(1024, "Why the last attempt that failed did.")),
  lastErrorAt: optional(field.time("When that was.")),
});
export const sinkTest = named("SinkTest", {
  sink: sentinel.sink,
  delivered: Type.Boolean(),
  detail: field.text(1024, "What the other side said."),
  durationMs: sentinel.durationMs("How long it took."),
});
export const sinkCheck = named("SinkCheck", {
  sink: sentinel.sink,
  healthy: Type.Boolean(),
  detail: field.text(
    1024,
    "How far it came: connected, authenticated, writable or unconfirmed; or what was in the way.",
  ),
  durationMs: sentinel.durationMs("How long it took."),
});
export const deadLetter = named("DeadLetter", {
  id: sentinel.letter,
  sink: sentinel.sink,
  alert: optional(field.text(128, "Id of the alert, while its text can be read.")),
  severity: optional(sentinel.severity("Severity of the alert.")),
  title: optional(field.text(256, "Title of the alert.")),
  reason: field.choice(
    ["attempts_exhausted", "refused", "queue_full", "sink_removed", "unreadable"],
    "Why it was given up.",
  ),
  attempts: field.count("How often it was tried."),
  queuedAt: field.time("When it was queued."),
  failedAt: field.time("When it was given up."),
  lastError: optional(field.text(1024, "Code of the last failure.")),
});
const ruleFields = {
  id: sentinel.rule("Id of the rule."),
  title: field.text(256, "What it finds, in a few words."),
  severity: sentinel.severity("Severity of its alerts."),
  state: field.choice(["enabled", "disabled"]),
  origin: field.choice(["starter", "own"], "starter: comes with the agent; own: from the rules folder."),
  file: field.text(512, "File it stands in."),
  schedule: field.text(64, 'When it runs: "each tick" or "every 60 s".'),
  findings: field.count("Rows it found since start."),
  errors: field.count("Runs that failed since start."),
  lastRunAt: optional(field.time("Last run.")),
  lastDurationMs: optional(sentinel.durationMs("How long that took.")),
  lastError: optional(field.text(1024, "Why the last run that failed did.")),
  note: optional(field.text(1024, "Why somebody switched it on or off.")),
  changedAt: optional(field.time("When that was.")),
  changedBy: optional(field.text(64, "Actor who did.")),
};
export const rule = named("Rule", ruleFields);
export const ruleWithSql = named("RuleWithSql", {
  ...ruleFields,
  description: field.text(4096, "What it looks for."),
  sql: field.text(1_048_576, "The statement as it stands in the file."),
  profile: field.choice(["strict", "extended"], "Which SQL it may use."),
  tables: list(field.text(64), 64, { description: "Tables that it reads." }),
  windowSeconds: optional(field.count("How far back it looks.")),
  dedup: list(field.text(128), 64, { description: "Columns that tell its findings apart." }),
  attack: list(field.text(32), 64, { description: "MITRE ATT&CK ids." }),
  falsePositives: list(field.text(1024), 64, { description: "What else it may find." }),
  source: optional(
    named("RuleSource", {
      kind: field.text(32, "sigma"),
      author: optional(field.text(512)),
      id: optional(field.text(128)),
      licence: optional(field.text(256)),
      references: list(field.text(1024), 64),
    }),
  ),
});
export const ruleProblem = named("RuleProblem", {
  file: field.text(512, "File of the rule."),
  message: field.text(1024, "What is wrong with it."),
  line: optional(field.count("Line, from 1.")),
  column: optional(field.count("Column, from 1.")),
});
export const ruleChange = named("RuleChange", {
  rule: sentinel.rule("Id of the rule."),
  state: field.choice(["enabled", "disabled"]),
});
export const queryResult = named("QueryResult", {
  columns: list(field.text(256), 256),
  rows: list(list(sentinel.cell, 256), 10_000),
  isTruncated: Type.Boolean({ description: "There were more rows than the limit." }),
  durationMs: sentinel.durationMs("How long it ran."),
});
export const table = named("Table", {
  name: field.text(64),
  kind: field.choice(["events", "state"], "events are appended; state has one row for each thing that is there now."),
  description: field.text(1024),
  columns: list(
    named("TableColumn", {
      name: field.text(64),
      type: field.choice(["integer", "text"]),
      description: field.text(1024),
    }),
    256,
  ),
});
export const host = named("Host", {
  name: sentinel.host,
  os: field.text(128, "Operating system."),
  kernel: field.text(128, "Version of its kernel."),
  architecture: field.text(32),
  bootedAt: optional(field.time("When it was started.")),
  agentVersion: field.text(64),
  agentStartedAt: field.time("When the agent was started."),
  source: field.text(64, "Where process events come from: connector, audit, ebpf or polling."),
  sandbox: named("SandboxLevel", {
    level: field.text(64, "How the executor is locked up."),
    isDegraded: Type.Boolean({ description: "Less than what is configured." }),
    detail: field.text(1024),
  }),
});
export const hostWithReadings = named("HostWithReadings", {
  ...host.properties,
  sources: list(
    named("EventSource", {
      name: field.text(64),
      state: field.choice(["active", "standby", "unavailable", "failed"]),
      detail: field.text(1024),
      events: field.count("Events since start."),
      lost: field.count("Events that are known to be lost."),
    }),
    16,
  ),
  catchRates: list(
    named("CatchRate", {
      lifetimeMs: field.count("Life of the processes it was measured with."),
      perMille: field.integer(0, 1000, "How many of a thousand were caught."),
    }),
    16,
    { description: "Measured for the active source." },
  ),
  losses: list(
    named("Loss", {
      stage: field.text(32, "collector, source, queue, store, executor or sink."),
      name: field.text(64),
      reason: field.text(64),
      lost: field.count("Rows, events or runs since start."),
    }),
    256,
  ),
  budgets: list(
    named("Budget", {
      name: field.text(64, "memory, processor, queue, ..."),
      used: Type.Number({ minimum: 0 }),
      limit: Type.Number({ minimum: 0 }),
      unit: field.text(16, "bytes, percent or items."),
    }),
    32,
  ),
  tables: list(named("TableRows", { name: field.text(64), rows: field.count("Rows kept.") }), 64),
});
