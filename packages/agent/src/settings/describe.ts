import {
  describeSettings,
  type LoadedSettings,
  type SettingDescription,
  type ShownSetting,
  showSettings,
} from "@holdfast/runtime";
import { type AgentSettings, schema } from "./schema.ts";

/** Every setting of an agent with its variable, type, default and purpose: for documentation and help. */
export function describeAgentSettings(): readonly SettingDescription[] {
  return describeSettings("agent", schema);
}

/** Settings as they hold, each with its origin and without a secret: for `holdfast config show`. */
export function showAgentSettings(loaded: LoadedSettings<AgentSettings>): readonly ShownSetting[] {
  return showSettings(schema, loaded);
}
