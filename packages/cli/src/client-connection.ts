import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Client, createClient } from "@holdfast/client";
import { operations } from "@holdfast/contract";
import type { Connection } from "./command.ts";
import { errnoOf, Failure, usage } from "./failure.ts";
import { failureOfClient } from "./failure-of-client.ts";
import { choose } from "./reach/choose.ts";
import { checkPeer } from "./reach/dial.ts";
import type { Settings } from "./settings.ts";
import { headsFile, headsOf, placeOfSocket } from "./state/heads.ts";

/** A page of the largest values, or a thousand of the largest entries. */
const maxAnswerBytes = 128 * 1024 * 1024;

/** The way to the server by the SDK; it is set up with the first call, so that commands that need no server need none. */
export function clientConnection(
  settings: Settings,
  workingFolder: string,
): Connection & { readonly close: () => void } {
  let client: Client | undefined;
  const through = async <T>(use: (client: Client) => Promise<T>, isRead: boolean): Promise<T> => {
    client ??= clientOf(settings, workingFolder);
    try {
      return await use(client);
    } catch (error) {
      throw failureOfClient(error, isRead);
    }
  };
  return {
    call: (name, input) => through((open) => open.call(name, input), !operations[name].mutation),
    confirm: () => through((open) => open.audit.confirm(), true).catch(nameHeadsFile),
    close: () => client?.close(),
  };
}

/** Who has to decide about what is remembered should know where it is. */
function nameHeadsFile(error: unknown): never {
  if (!(error instanceof Failure) || error.code?.startsWith("ledger_") !== true) throw error;
  const hint = `${error.hint} Heads are remembered in ${headsFile(process.env)}.`;
  throw new Failure(error.exitCode, error.message, hint, error.code);
}

function clientOf(settings: Settings, workingFolder: string): Client {
  const reach = choose(settings, workingFolder);
  const { token, tenant } = settings;
  const place = reach.via === "socket" ? placeOfSocket(reach.shownPath) : reach.origin;
  const common = {
    ...(token !== undefined && { token }),
    ...(tenant !== undefined && { tenant }),
    heads: headsOf(place, process.env),
    maxAnswerBytes,
  };
  if (reach.via === "https")
    return createClient({ ...common, address: reach.origin, ...caOf(settings, workingFolder) });
  return createClient({ ...common, socketPath: reach.path, approveSocket: (socket) => checkPeer(socket, reach) });
}

function caOf({ caFile }: Settings, workingFolder: string): { ca?: string } {
  if (caFile === undefined) return {};
  try {
    return { ca: readFileSync(resolve(workingFolder, caFile), "utf8") };
  } catch (error) {
    throw usage(
      `${caFile} cannot be read (${errnoOf(error) ?? "unknown"})`,
      "HOLDFAST_CACERT names the CA's certificate",
    );
  }
}
