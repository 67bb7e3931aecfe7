import { usage } from "./failure.ts";
import type { Given, Option } from "./command.ts";
import { isSet, textOption } from "./given.ts";

/** Where to go and as whom, before anything was looked up. */
export interface Settings {
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

/** Options win over the environment; an address and a socket at once are refused, because one would be ignored. */
export function settingsOf(given: Given, env: Readonly<NodeJS.ProcessEnv>): Settings {
  return {
    isJson: isSet(given, "json"),
    ...(placeOf(textOption(given, "address"), textOption(given, "socket")) ??
      placeOf(env["HOLDFAST_ADDR"], env["HOLDFAST_SOCKET"]) ?? { address: undefined, socket: undefined }),
    token: nonEmpty(env["HOLDFAST_TOKEN"]),
    caFile: textOption(given, "cacert") ?? nonEmpty(env["HOLDFAST_CACERT"]),
    tenant: textOption(given, "tenant") ?? nonEmpty(env["HOLDFAST_TENANT"]),
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
