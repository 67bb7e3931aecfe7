import { join } from "node:path";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { type SocketReach, systemSocket } from "./discover.ts";
import { checkSocketFile, holdFolder } from "./folder.ts";

export interface AgentPlaces {
  /** Data folder of a development server; its agent keeps `agent` in it. */
  readonly folder: string;
  readonly systemFolder: string;
  readonly uid: number;
}

/** Where an agent's socket is looked for when none is named: beside the server of the current folder, then the system's. */
export function agentPlacesOf(workingFolder: string): AgentPlaces {
  return {
    folder: join(workingFolder, ".holdfast"),
    systemFolder: "/run/holdfast-agent",
    uid: process.geteuid?.() ?? -1,
  };
}

/**
 * Finds an agent's socket that nobody named, by the rules for a server's. A data folder without an agent of its own leads
 * on to the system's agent: both watch this host, and what is asked is what happened on it.
 */
export function discoverAgent(places: AgentPlaces): SocketReach {
  return inCurrentFolder(places) ?? systemSocket(places.systemFolder, "holdfast-agent") ?? nowhere(places);
}

/** Both folders are held: a link at either name would lead to a folder that nobody meant. */
function inCurrentFolder({ folder, uid }: AgentPlaces): SocketReach | undefined {
  const shownFolder = join(folder, "agent");
  const held = holdFolder(folder, [uid]);
  const inside = held && holdFolder(held.at("agent"), [uid], shownFolder);
  if (inside === undefined) return undefined;
  const shownPath = join(shownFolder, "socket");
  if (!checkSocketFile(inside.at("socket"), shownPath, [uid])) {
    throw new Failure(
      exitCodes.unreachable,
      `no agent runs on ${shownFolder}`,
      "`holdfast up` starts one beside its server, `holdfast agent` one alone; or name another with HOLDFAST_AGENT_SOCKET",
    );
  }
  return { via: "socket", path: inside.at("socket"), shownPath, allowedUids: [uid] };
}

function nowhere({ folder, systemFolder }: AgentPlaces): never {
  throw new Failure(
    exitCodes.unreachable,
    `no agent found: there is neither ${folder}/agent nor ${systemFolder}/socket`,
    "`holdfast up` starts one beside its server, `holdfast agent` one alone; or name one with HOLDFAST_AGENT_SOCKET",
  );
}
