import {
  type Environment,
  type Loaded,
  loadConfiguration,
  type LoadedSettings,
  originWithin,
  type Problem,
} from "@holdfast/runtime";
import { type AgentPlaces, agentPlaces } from "./agent-places.ts";
import { contradictionsIn } from "./contradictions.ts";
import { type AgentSettings, schema } from "./schema.ts";
import { parsedSinks } from "./sink-settings.ts";

/** Variables that mean something to those who ask an agent, and not to the agent. */
const OF_CLIENTS: ReadonlySet<string> = new Set(["HOLDFAST_AGENT_TOKEN"]);

/**
 * Everything that an agent is told, from all layers, with its defaults; or everything that is wrong with it. `flags` are
 * dotted paths and their texts.
 */
export function agentSettings(
  environment: Environment,
  flags: Readonly<Record<string, string>> = {},
  places: AgentPlaces = agentPlaces(environment),
): Loaded<AgentSettings> {
  const { systemFolder, userFolder, namedFile, workingFolder } = places;
  const loaded = loadConfiguration(schema, {
    program: "agent",
    neighbours: ["server"],
    systemFolder,
    userFolder,
    namedFile,
    environment: withoutClients(environment),
    flags,
    workingFolder,
  });
  if (!loaded.ok) return loaded;
  const settled = withDataDir(loaded, places);
  const problems = [...contradictions(settled), ...sinkProblems(settled)];
  return problems.length === 0 ? settled : { ok: false, problems };
}

function withoutClients(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !OF_CLIENTS.has(name)));
}

function withDataDir(loaded: LoadedSettings<AgentSettings>, { dataDir }: AgentPlaces): LoadedSettings<AgentSettings> {
  const isSaid = loaded.originOf(["dataDir"]).layer !== "default";
  return isSaid ? loaded : { ...loaded, settings: { ...loaded.settings, dataDir } };
}

function contradictions({ settings, originOf }: LoadedSettings<AgentSettings>): readonly Problem[] {
  return contradictionsIn(settings).map(({ path, message, hint }) => ({
    code: "contradiction",
    path: path.join("."),
    origin: originOf(path),
    message,
    ...(hint === undefined ? {} : { hint }),
  }));
}

/** What notify says of sinks, at the places where they are written. Which rules there are is not known yet. */
function sinkProblems({ settings, originOf, nodeOf }: LoadedSettings<AgentSettings>): readonly Problem[] {
  const parsed = parsedSinks(settings);
  if (parsed.ok) return [];
  return parsed.issues.map(({ path, message }) => {
    const [name = "", ...rest] = stepsOf(path);
    // Of a map, each entry is a setting of its own.
    const [setting, within] = name === "routes" ? [[name, String(rest[0])], rest.slice(1)] : [[String(name)], rest];
    const node = nodeOf(setting);
    const origin = node === undefined ? originOf(setting) : originWithin(node, within);
    return { code: "wrong_type", path, origin, message: `${path} ${message}` };
  });
}

/** `sinks[0].quietHours[1].zone` → `["sinks", 0, "quietHours", 1, "zone"]`. */
function stepsOf(path: string): readonly (string | number)[] {
  return [...path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index));
}
