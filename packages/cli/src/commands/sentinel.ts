import type { Command } from "../command.ts";
import { alertAcknowledge, alertReopen } from "./alert/acknowledge.ts";
import { deadLetterDrop, deadLetterList, deadLetterRetry } from "./alert/dead-letters.ts";
import { alertList } from "./alert/list.ts";
import { alertShow } from "./alert/show.ts";
import { alertSilence, silenceDelete, silenceList } from "./alert/silence.ts";
import { configShow } from "./config/show.ts";
import { hostList } from "./host/list.ts";
import { hostShow } from "./host/show.ts";
import { query } from "./query/query.ts";
import { ruleExplain } from "./rule/explain.ts";
import { ruleImport } from "./rule/import.ts";
import { ruleLint } from "./rule/lint.ts";
import { ruleList } from "./rule/list.ts";
import { ruleReload } from "./rule/reload.ts";
import { ruleShow } from "./rule/show.ts";
import { ruleDisable, ruleEnable } from "./rule/switch.ts";
import { ruleTest } from "./rule/test.ts";
import { sinkCheck } from "./sink/check.ts";
import { sinkList } from "./sink/list.ts";
import { sinkTest } from "./sink/test.ts";

const alerts = [alertList, alertShow, alertAcknowledge, alertReopen, alertSilence, silenceList, silenceDelete];
const letters = [deadLetterList, deadLetterRetry, deadLetterDrop];
const rules = [ruleList, ruleShow, ruleEnable, ruleDisable, ruleReload];
/** They work on files, without an agent. */
const ruleFiles = [ruleLint, ruleTest, ruleExplain, ruleImport];

/** Commands of the agent, under the headings they have in the help text. */
export const sentinelGroups: readonly (readonly [heading: string, readonly Command[]])[] = [
  ["Detection:", [...alerts, ...letters, sinkList, sinkTest, sinkCheck]],
  ["Detection:", [...rules, ...ruleFiles, query, hostList, hostShow, configShow]],
];

/** What each group of the agent's commands is about. */
export const sentinelNouns: Readonly<Record<string, string>> = {
  alerts: "What was found on this host, and what people did about it",
  "alerts dead-letters": "Notifications that were given up",
  sinks: "Where notifications go",
  rules: "What is watched for",
  hosts: "Hosts that are watched",
  config: "Settings of the agent",
};

/** What the help of a group adds. */
export const sentinelDetails: Readonly<Record<string, string>> = {
  sinks:
    "Sinks stand in the agent's settings, under agent.sinks: docs/sinks.md has every option with its default.\n" +
    "`holdfast sinks test <sink>` asks one now; `holdfast config show` says from which file the settings are.",
};
