import type { Logger } from "@holdfast/engine";
import {
  type ConfiguredSink,
  Notifier,
  NotifyError,
  type OpenedSinks,
  openSinks,
  Outbox,
  type OutboxEvent,
  Secret,
  type SettingsIssue,
} from "@holdfast/notify";
import { type CredentialStore, type Feature, readCredentials, StartFailure } from "@holdfast/runtime";
import { type Outbox as AlertOutbox, notifierOutbox } from "../alerts/index.ts";
import { NotifierSinks, type Sinks } from "../sinks/index.ts";
import type { AgentFolder } from "./data-folder.ts";
import type { Ending } from "./ending.ts";
import type { AgentMetrics } from "./metrics.ts";
import { type AgentSettings, parsedSinks } from "../settings/index.ts";

/** What is under way when the agent ends may still arrive; the rest waits in the outbox for the next start. */
const DRAIN_MS = 3_000;

export interface NotificationParts {
  readonly folder: AgentFolder;
  readonly settings: AgentSettings;
  readonly host: string;
  readonly metrics: AgentMetrics;
  readonly log: Logger;
  readonly ending: Ending;
  /** Where secrets lie that settings name. */
  readonly credentials: CredentialStore;
  /** Ids of all rules, so that a route to one that does not exist is refused (ATTACKS 44). */
  readonly ruleIds: () => readonly string[];
}

/** Who is told, and what waits to be told. */
export interface OpenNotification {
  readonly outbox: AlertOutbox;
  readonly sinks: Sinks;
  feature(): Feature;
  /** Takes other sinks from now on; says what is wrong with them, and then keeps the old ones. */
  reload(settings: AgentSettings): Promise<readonly SettingsIssue[]>;
}

/** Opens the outbox, and begins to deliver what it holds. */
export async function openNotification(parts: NotificationParts): Promise<OpenNotification> {
  const { folder, settings, host, log, ending } = parts;
  let configured = await insistOnSinks(parts, settings);
  const outbox = openOutbox(folder, log);
  ending.at("notification", () => outbox.close());
  const notifier = new Notifier({ outbox, sinks: configured, host, hooks: hooksOf(parts) });
  ending.at("notification", () => notifier.close(DRAIN_MS));
  const sinks = new NotifierSinks({
    notifier,
    outbox,
    settings: () => configured.map(({ settings: one }) => one),
    host,
    now: Date.now,
  });
  return {
    outbox: notifierOutbox(logging(notifier, log), outbox),
    sinks,
    feature: () => featureOf(sinks),
    async reload(changed) {
      const opened = await sinksOf(parts, changed);
      if (!opened.ok) return opened.issues;
      configured = opened.sinks;
      await notifier.reload(configured);
      return [];
    },
  };
}

function openOutbox(folder: AgentFolder, log: Logger): Outbox {
  try {
    return Outbox.open({ path: folder.outbox, now: Date.now, onEvent: (event) => logOutbox(log, event) });
  } catch (cause) {
    if (!(cause instanceof NotifyError)) throw cause;
    const hint = "Look at the file's permissions and at the disk; without the file its agent begins a new one.";
    throw new StartFailure("data_folder", `The outbox ${folder.outbox} cannot be used: ${cause.message}.`, hint, cause);
  }
}

function logOutbox(log: Logger, event: OutboxEvent): void {
  if (event.kind === "created") log.debug({}, "the outbox is new");
  else if (event.kind === "resumed")
    log.info({ ...event }, "deliveries that an ended process was making are made again");
  else log.error({ ...event }, "the outbox was not as it was left; alerts are taken from the ledger again");
}

/** What cannot be told to anybody is told to whoever reads the log. */
function logging(notifier: Notifier, log: Logger): Pick<Notifier, "notify"> {
  return {
    notify(alerts, watermark) {
      const notified = notifier.notify(alerts, watermark);
      for (const { code } of notified.refused) log.error({ code }, "an alert can be told to nobody; the ledger has it");
      return notified;
    },
  };
}

function hooksOf({ metrics, log }: NotificationParts) {
  return {
    onSinkFailure: (failure: object) => log.warn({ ...failure }, "a sink fails"),
    onSinkRecovered: (sink: string) => log.info({ sink }, "a sink works again"),
    onAttempt({ sink, outcome, durationSeconds, isRetry }: Attempt) {
      metrics.delivered(sink, outcome, durationSeconds);
      if (isRetry) metrics.retried(sink);
    },
    onTrouble: (error: NotifyError) => log.error({ code: error.code }, "the outbox cannot be used; it is tried again"),
  };
}

interface Attempt {
  readonly sink: string;
  readonly outcome: string;
  readonly durationSeconds: number;
  readonly isRetry: boolean;
}

async function insistOnSinks(parts: NotificationParts, settings: AgentSettings): Promise<readonly ConfiguredSink[]> {
  const opened = await sinksOf(parts, settings);
  if (opened.ok) return opened.sinks;
  const lines = opened.issues.map(({ path, message }) => `\n  ${path}: ${message}`);
  throw new StartFailure("configuration", `The sinks cannot be used:${lines.join("")}`, "Mend each place.");
}

async function sinksOf({ credentials, ruleIds }: NotificationParts, settings: AgentSettings): Promise<OpenedSinks> {
  const parsed = parsedSinks(settings, ruleIds());
  if (!parsed.ok) return parsed;
  const { secrets, missing } = await readCredentials(credentialsIn(parsed.sinks), credentials);
  if (missing.length > 0) return { ok: false, issues: missing.map((message) => ({ path: "sinks", message })) };
  return openSinks(parsed.sinks, { credential: (name) => new Secret(secrets.get(name) ?? "") });
}

/** Names of credentials that settings refer to, wherever they stand. */
function credentialsIn(settings: unknown): readonly string[] {
  if (typeof settings !== "object" || settings === null) return [];
  return Object.entries(settings).flatMap(([key, value]: [string, unknown]) =>
    key === "credential" && typeof value === "string" ? [value] : credentialsIn(value),
  );
}

/** That nobody is told is a state to be seen, not silence. */
function featureOf(sinks: Sinks): Feature {
  const name = "alert-delivery";
  const all = sinks.list();
  if (all.length === 0) {
    return {
      name,
      state: "unavailable",
      detail: "no sink is configured: alerts stand in the ledger, and nobody is told",
    };
  }
  const failing = all.filter(({ state }) => state !== "healthy").map((sink) => sink.name);
  return failing.length === 0
    ? { name, state: "available", detail: all.map((sink) => sink.name).join(", ") }
    : { name, state: "degraded", detail: `not delivering: ${failing.join(", ")}` };
}
