import { isAbsolute, join } from "node:path";
import type { Environment } from "@holdfast/runtime";

/** Where an agent looks for its settings, and where it keeps its data when nobody says. */
export interface AgentPlaces {
  readonly systemFolder: string | undefined;
  readonly userFolder: string | undefined;
  /** A file in place of both folders. */
  readonly namedFile?: string | undefined;
  readonly dataDir: string;
  readonly workingFolder: string;
}

const SYSTEM_FOLDERS: Partial<Record<NodeJS.Platform, string>> = { win32: "C:\\ProgramData\\Holdfast" };

/**
 * Places as the environment has them. A service has no home and so no user's folder; systemd says where its state is
 * (StateDirectory=), and only for a unit, so that everybody else gets a folder beside the development server's.
 */
export function agentPlaces(
  environment: Environment,
  {
    namedFile,
    workingFolder = process.cwd(),
    platform = process.platform,
  }: {
    readonly namedFile?: string | undefined;
    readonly workingFolder?: string;
    readonly platform?: NodeJS.Platform;
  } = {},
): AgentPlaces {
  // Several folders are joined by colons; the first is the unit's own.
  const [state = ""] = (environment["STATE_DIRECTORY"] ?? "").split(":");
  const systemFolder = SYSTEM_FOLDERS[platform] ?? "/etc/holdfast";
  const userFolder = userFolderOf(environment);
  return {
    systemFolder,
    // A unit points there to have no other: it is read once.
    userFolder: userFolder === systemFolder ? undefined : userFolder,
    namedFile,
    dataDir: isAbsolute(state) ? state : join(workingFolder, ".holdfast", "agent"),
    workingFolder,
  };
}

/** What is not absolute is to be ignored (XDG Base Directory Specification). */
function userFolderOf(environment: Environment): string | undefined {
  const own = environment["XDG_CONFIG_HOME"];
  if (own !== undefined && isAbsolute(own)) return join(own, "holdfast");
  const home = environment["HOME"];
  return home !== undefined && isAbsolute(home) ? join(home, ".config", "holdfast") : undefined;
}
