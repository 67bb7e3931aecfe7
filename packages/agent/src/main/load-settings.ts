import { homedir, hostname } from "node:os";
import { join } from "node:path";
import { type Environment, type LoadedSettings, printProblem, StartFailure } from "@holdfast/runtime";
import { agentPlaces, type AgentSettings, agentSettings } from "../settings/index.ts";

const MAX_TOLD = 20;

/** Where an agent's settings come from beside files. */
export interface Told {
  readonly env: Environment;
  readonly flags: Readonly<Record<string, string>>;
  /** A file in place of the folders. */
  readonly namedFile?: string;
}

/** Reads every layer; all that is wrong with them is one failure, which names each place. */
export function loadSettings({ env, flags, namedFile }: Told): LoadedSettings<AgentSettings> {
  const loaded = agentSettings(env, flags, agentPlaces(env, { namedFile }));
  if (loaded.ok) return loaded;
  const lines = loaded.problems.slice(0, MAX_TOLD).map((problem) => `\n  ${printProblem(problem)}`);
  throw new StartFailure(
    "configuration",
    `The configuration cannot be used:${lines.join("")}`,
    "Mend each place; `holdfast agent --help` says where settings come from.",
  );
}

/** Second place for checkpoints: a data folder put back to an older state is noticed by it. */
export const checkpointDirOf = ({ checkpointDir }: AgentSettings, env: Environment): string =>
  checkpointDir ?? join(env["XDG_STATE_HOME"] || join(env["HOME"] || homedir(), ".local", "state"), "holdfast");

/** Name of this host in rows, alerts and entries. */
export const hostNameOf = ({ host }: AgentSettings): string =>
  host ??
  (hostname()
    .replaceAll(/[^\w.-]/g, "-")
    .slice(0, 64) ||
    "host");
