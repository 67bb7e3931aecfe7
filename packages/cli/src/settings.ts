import { usage } from "./failure.ts";
import type { Given, Option } from "./command.ts";
import { isSet, textOption } from "./given.ts";

/** Where to go and as whom, before anything was looked up. */
export interface Settings {
  readonly program: "server" | "agent";
  readonly isJson: boolean;
  /** Explicit HTTPS address. */
  readonly address: string | undefined;
  /** Explicit path of a Unix socket. */
  readonly socket: string | undefined;
  readonly token: string | undefined;
  readonly caFile: string | undefined;
  readonly tenant: string | undefined;
}

/** Options that every command takes. A token has none: command lines show in process lists. */
export const globalOptions: readonly Option[] = [
  { name: "json", summary: "print the whole answer as JSON" },
  { name: "address", value: "url", summary: "server to use (HOLDFAST_ADDR)" },
  { name: "socket", value: "path", summary: "Unix socket to use (HOLDFAST_SOCKET)" },
  { name: "cacert", value: "file", summary: "CA certificate that signed the server's (HOLDFAST_CACERT)" },
  { name: "tenant", value: "name", summary: "tenant to act in (HOLDFAST_TENANT)" },
];

/** Those that mean nothing to the agent of this host. */
export const optionsOfServers: readonly string[] = ["address", "cacert", "tenant"];

/** `--socket` of a command that speaks to the agent. */
export const socketOfAgent: Option = {
  name: "socket",
  value: "path",
  summary: "Unix socket of the agent (HOLDFAST_AGENT_SOCKET)",
};

/** For commands that server and agent both have. */
export const agentOption: Option = { name: "agent", summary: "ask the agent of this host instead of a server" };

/** Options win over the environment; an address and a socket at once are refused, because one would be ignored. */
export function settingsOf(given: Given, env: Readonly<NodeJS.ProcessEnv>): Settings {
  return {
    program: "server",
    isJson: isSet(given, "json"),
    ...(placeOf(textOption(given, "address"), textOption(given, "socket")) ??
      placeOf(env["HOLDFAST_ADDR"], env["HOLDFAST_SOCKET"]) ?? { address: undefined, socket: undefined }),
    token: nonEmpty(env["HOLDFAST_TOKEN"]),
    caFile: textOption(given, "cacert") ?? nonEmpty(env["HOLDFAST_CACERT"]),
    tenant: textOption(given, "tenant") ?? nonEmpty(env["HOLDFAST_TENANT"]),
  };
}

/**
 * The same for the agent of this host, which has variables of its own: those of a server name another program, and a
 * token of the one is nothing to hand to the other. `isAsked`: the command is for the agent, and so are its options.
 */
export function agentSettingsOf(given: Given, env: Readonly<NodeJS.ProcessEnv>, isAsked: boolean): Settings {
  if (isAsked && textOption(given, "address") !== undefined) {
    throw usage(
      "an agent has no address",
      "it is reached on its own host, by its socket: --socket or HOLDFAST_AGENT_SOCKET",
    );
  }
  const named = isAsked ? textOption(given, "socket") : undefined;
  return {
    program: "agent",
    isJson: isSet(given, "json"),
    address: undefined,
    socket: nonEmpty(named) ?? nonEmpty(env["HOLDFAST_AGENT_SOCKET"]),
    token: nonEmpty(env["HOLDFAST_AGENT_TOKEN"]),
    caFile: undefined,
    tenant: isAsked ? textOption(given, "tenant") : undefined,
  };
}

function placeOf(addressText: string | undefined, socketText: string | undefined) {
  const address = nonEmpty(addressText);
  const socket = nonEmpty(socketText);
  if (address !== undefined && socket !== undefined) {
    throw usage(
      "an address and a socket are both given",
      "unset HOLDFAST_ADDR or HOLDFAST_SOCKET, or give only one option",
    );
  }
  if (address?.startsWith("unix:")) return { address: undefined, socket: address.slice("unix:".length) };
  return address === undefined && socket === undefined ? undefined : { address, socket };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
