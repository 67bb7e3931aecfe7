import { type AddressInfo, isIPv6 } from "node:net";
import {
  createListener,
  defaultLimits,
  type Logger,
  peerUid,
  renewCertificate,
  type RestDoor,
  serveRest,
} from "@holdfast/engine";
import { type Authority, issueListenerCertificate } from "./certificates.ts";
import type { Configuration } from "./configuration.ts";
import { listenOn, openSocket } from "@holdfast/runtime";
import type { DataFolder } from "./data-folder.ts";

const DAY_MS = 86_400_000;
const HINTS = {
  inUse: "Stop what listens there, or choose another address with HOLDFAST_HTTP_ADDR.",
  unusable: "HOLDFAST_HTTP_ADDR names an address of this host and a port that this user may open.",
};

export interface Listening {
  readonly address: string;
  /** Takes no more calls and waits for those that are under way. */
  close(): Promise<void>;
}

type Door = Omit<RestDoor, "source" | "peerUid">;

/** Opens HTTPS on the configured address and the Unix socket in the data folder; both serve the same operations. */
export async function listen(
  configuration: Configuration,
  folder: DataFolder,
  authority: Authority,
  door: Door,
): Promise<Listening> {
  const { host, port, tlsNames } = configuration;
  const names = [host, ...tlsNames];
  const https = createListener(defaultLimits, await issueListenerCertificate(authority, names, Date.now()));
  serveRest(https, { ...door, source: "http" });
  const socket = createListener(defaultLimits);
  serveRest(socket, { ...door, source: "socket", peerUid });
  await listenOn(() => https.listen({ host, port }), `${host}:${port}`, HINTS);
  try {
    await openSocket(folder.socket, () => socket.listen({ path: folder.socket }), "HOLDFAST_DATA_DIR", HINTS);
  } catch (error) {
    await https.close();
    throw error;
  }
  const renewal = renewDaily(https, authority, names, door.gate.log);
  const bound = https.server.address() as AddressInfo;
  return {
    address: `https://${isIPv6(bound.address) ? `[${bound.address}]` : bound.address}:${bound.port}`,
    async close() {
      clearInterval(renewal);
      await Promise.all([https.close(), socket.close()]);
    },
  };
}

/** A listener that runs for months keeps a certificate that lives for weeks. */
function renewDaily(
  server: ReturnType<typeof createListener>,
  authority: Authority,
  names: readonly string[],
  log: Logger,
): NodeJS.Timeout {
  const timer = setInterval(() => {
    issueListenerCertificate(authority, names, Date.now()).then(
      (issued) => {
        renewCertificate(server, issued);
      },
      (error: unknown) => {
        log.error({ err: error }, "the listener keeps its certificate: a new one could not be issued");
      },
    );
  }, DAY_MS);
  return timer.unref();
}
