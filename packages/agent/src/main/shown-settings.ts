import { describeAgentSettings, showAgentSettings } from "../settings/index.ts";
import { loadSettings, type Told } from "./load-settings.ts";

/** A setting as it holds: where its value is from, and what it is for. */
export interface AgentSetting {
  readonly name: string;
  readonly value: string;
  readonly origin: string;
  readonly variable: string | null;
  readonly type: string;
  readonly default: string;
  readonly summary: string;
  /** Taken over by SIGHUP; else it waits for a restart. */
  readonly isReloadable: boolean;
}

/** Every setting that an agent would start with now; throws the StartFailure that names all that is wrong with them. */
export function shownSettings(told: Told): readonly AgentSetting[] {
  const described = new Map(describeAgentSettings().map((one) => [one.path, one]));
  return showAgentSettings(loadSettings(told)).map(({ path, value, origin }) => {
    // An entry of a map is described with its map.
    const about = described.get(path) ?? described.get(path.slice(0, path.lastIndexOf(".")));
    return {
      name: path,
      value,
      origin,
      variable: about?.variable ?? null,
      type: about?.type ?? "",
      default: about?.default ?? "",
      summary: about?.summary ?? "",
      isReloadable: about?.isReloadable ?? false,
    };
  });
}
