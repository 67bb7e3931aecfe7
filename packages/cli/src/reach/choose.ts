import { resolve } from "node:path";
import { usage } from "../failure.ts";
import type { Settings } from "../settings.ts";
import { discover, placesOf, type SocketReach } from "./discover.ts";
import { agentPlacesOf, discoverAgent } from "./discover-agent.ts";

export interface AddressReach {
  readonly via: "https";
  readonly origin: string;
}

export type Reach = SocketReach | AddressReach;

/** Where this command goes: what the user named, else a socket that is found and trusted. */
export function choose(settings: Settings, workingFolder: string): Reach {
  if (settings.address !== undefined) return { via: "https", origin: originOf(settings.address) };
  return chooseSocket(settings, workingFolder);
}

/** The same when no address is given. */
export function chooseSocket({ program, socket, token }: Settings, workingFolder: string): SocketReach {
  if (socket !== undefined) {
    const path = resolve(workingFolder, socket);
    return { via: "socket", path, shownPath: path, allowedUids: undefined };
  }
  if (token !== undefined) throw usage(...tokenWithoutPlace[program]);
  return program === "agent" ? discoverAgent(agentPlacesOf(workingFolder)) : discover(placesOf(workingFolder));
}

/**
 * A token goes only to a place the user named: a socket that was found may be anyone's idea. Going on without it would
 * be worse than refusing, because the call would then run with the rights of the user's own uid.
 */
const tokenWithoutPlace: Readonly<Record<Settings["program"], readonly [message: string, hint: string]>> = {
  server: [
    "HOLDFAST_TOKEN is set, but no server is named: a token goes only to an explicit address or socket",
    "set HOLDFAST_ADDR or HOLDFAST_SOCKET (such as .holdfast/socket), or unset HOLDFAST_TOKEN",
  ],
  agent: [
    "HOLDFAST_AGENT_TOKEN is set, but no agent is named: a token goes only to an explicit socket",
    "set HOLDFAST_AGENT_SOCKET (such as .holdfast/agent/socket), or unset HOLDFAST_AGENT_TOKEN",
  ],
};

function originOf(address: string): string {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `https://${address}`;
  const url = URL.parse(text);
  if (url === null || url.hostname === "") throw usage(`"${address}" is no address`, "write it as https://host:port");
  if (url.protocol !== "https:") throw usage(`"${address}" is not HTTPS`, "tokens and values travel over TLS only");
  if (url.username !== "" || url.password !== "") throw usage("an address holds no user or password");
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") throw usage(`"${address}" is more than an address`);
  return url.origin;
}
