import type { Call, Connection } from "../command.ts";
import { dial } from "../reach/dial.ts";
import type { SocketReach } from "../reach/discover.ts";
import type { Settings } from "../settings.ts";
import { exchange } from "../wire/exchange.ts";
import { decodeAnswer } from "./decode-answer.ts";
import { encodeCall } from "./encode-call.ts";

/** Calls over a Unix socket, one connection each, with nothing loaded but node:net. */
export function socketConnection(reach: () => SocketReach, settings: Settings): Connection {
  let found: SocketReach | undefined;
  const call: Call = async (name, input) => {
    const request = encodeCall(name, input as Readonly<Record<string, unknown>>, settings);
    found ??= reach();
    const answer = await exchange(await dial(found), request, found.shownPath);
    return decodeAnswer(name, answer) as never;
  };
  return { call, confirm: () => Promise.reject(new TypeError("the quick commands confirm no head")) };
}
