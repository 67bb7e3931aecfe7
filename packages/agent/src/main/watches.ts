import { agentWatches, defaultWatches, type FileWatch } from "../collect/index.ts";
import { agentPlaces, type AgentSettings, ownFiles } from "../settings/index.ts";
import { starterRules } from "./load-rules.ts";
import type { Told } from "./load-settings.ts";

/** Files under watch: those of every host, those that are the agent itself, and those that an operator names. */
export function watchesOf(settings: AgentSettings, files: readonly string[], told: Told): readonly FileWatch[] {
  const { systemFolder, userFolder } = agentPlaces(told.env);
  const folders = told.namedFile === undefined ? [systemFolder, userFolder] : [];
  const own = ownFiles(settings, { files, folders });
  // Those that came with the agent are rules as well, and tell of changes of themselves.
  const agent = agentWatches({ ...own, rules: [...own.rules, starterRules] });
  return [...defaultWatches, ...agent, ...settings.collect.watch];
}
