import { agentWatches, defaultWatches, type FileWatch } from "../collect/index.ts";
import { agentPlaces, type AgentSettings, ownFiles } from "../settings/index.ts";
import type { Told } from "./load-settings.ts";

/** Files under watch: those of every host, those that are the agent itself, and those that an operator names. */
export function watchesOf(settings: AgentSettings, files: readonly string[], told: Told): readonly FileWatch[] {
  const { systemFolder, userFolder } = agentPlaces(told.env);
  const folders = told.namedFile === undefined ? [systemFolder, userFolder] : [];
  return [...defaultWatches, ...agentWatches(ownFiles(settings, { files, folders })), ...settings.collect.watch];
}
