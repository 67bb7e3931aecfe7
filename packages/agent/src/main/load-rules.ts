import { fileURLToPath } from "node:url";
import { loadRules, type RuleSnapshot } from "../rules/index.ts";
import type { AgentSettings } from "../settings/index.ts";
import type { AgentFolder } from "./data-folder.ts";

/** Folder of the rules that come with the agent. */
export const starterRules: string = fileURLToPath(new URL("../../rules", import.meta.url));

/** Reads all rule files; what settings switch off is not among the rules. */
export function rulesFor(folder: AgentFolder, { detection }: AgentSettings): RuleSnapshot {
  const { rulesFolder, profile, enabled, disabled } = detection;
  const read = loadRules({ starter: starterRules, own: rulesFolder ?? folder.rules, profile });
  const runs = (id: string): boolean => (enabled.length === 0 || isNamed(id, enabled)) && !isNamed(id, disabled);
  return { ...read, rules: new Map([...read.rules].filter(([id]) => runs(id))) };
}

/** By its id, or by a beginning and `*`. */
const isNamed = (id: string, names: readonly string[]): boolean =>
  names.some((name) => (name.endsWith("*") ? id.startsWith(name.slice(0, -1)) : id === name));
