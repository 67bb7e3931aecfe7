import { dutyCall } from "@holdfast/engine";
import type { LevelledLogger, LoadedSettings } from "@holdfast/runtime";
import { ruleReload } from "../rules/index.ts";
import { type AgentSettings, planAgentReload } from "../settings/index.ts";
import type { AgentLedger } from "./open-ledger.ts";
import type { Told } from "./load-settings.ts";
import type { AgentParts } from "./open-parts.ts";
import type { Collection } from "./start-collection.ts";
import { watchesOf } from "./watches.ts";

export interface Reloaded {
  /** Holds the settings that parts read when they need them. */
  readonly held: { settings: AgentSettings };
  readonly told: Told;
  readonly parts: Pick<AgentParts, "rules" | "notification">;
  readonly collection: Pick<Collection, "watch">;
  readonly ledger: AgentLedger;
  readonly log: LevelledLogger;
}

/** Takes from other settings what can be changed while an agent runs; what is wrong with rules or sinks changes nothing of them. */
export async function reloadAgent(
  { held, told, parts, collection, ledger, log }: Reloaded,
  { settings, files }: Pick<LoadedSettings<AgentSettings>, "settings" | "files">,
): Promise<void> {
  const plan = planAgentReload(held.settings, settings);
  held.settings = plan.settings;
  log.level = plan.settings.logLevel;
  collection.watch(watchesOf(plan.settings, files, told));
  if (plan.needRestart.length > 0) log.warn({ settings: plan.needRestart }, "these settings wait for the next start");
  const { gate } = ledger.assembly;
  const call = dutyCall(ruleReload(parts.rules), ledger.principal, new AbortController().signal);
  const answer = await gate.perform(call);
  if (!answer.ok) log.error({ code: answer.refusal.code }, "the rules are not read again: that cannot be recorded");
  for (const problem of parts.rules.book.snapshot.problems) log.warn({ ...problem }, "a rule does not run");
  const issues = await parts.notification.reload(plan.settings);
  for (const issue of issues) log.error({ ...issue }, "the sinks stay as they were");
  log.info({ settings: plan.reloaded, rules: parts.rules.book.running.length }, "reloaded");
}
