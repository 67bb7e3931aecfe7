import { createListener, defaultLimits, peerUid, type RestDoor, serveRest } from "@holdfast/engine";
import { type Feature, listenOn, openSocket } from "@holdfast/runtime";
import { SocketKeeper, type SocketKeeping } from "./keep-socket.ts";
import { openApiPage } from "./pages.ts";

/** Few ask an agent, and each connection costs it memory. */
const SOCKET_LIMITS = { ...defaultLimits, maxConnections: 256 };
const PAGE_LIMITS = { ...defaultLimits, maxBodyBytes: 1_024, maxConnections: 32 };
const HINTS = {
  inUse: "Stop what listens there, or choose another address with HOLDFAST_AGENT_METRICS_ADDRESS.",
  unusable: "HOLDFAST_AGENT_METRICS_ADDRESS names an address of this host and a port that this user may open.",
};
const SOCKET_HINTS = {
  inUse: "Stop the other agent, or name another folder with HOLDFAST_AGENT_DATA_DIR.",
  unusable: "Look at the folder's permissions; the path of a socket has at most 107 bytes.",
};

/** An address that an operator has opened for metrics and probes. */
export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

/** The doors of an agent while they are open. */
export interface Listening {
  /** Port of the metrics address; undefined while it is not asked for. */
  readonly metricsPort: number | undefined;
  /** What does not work of it. */
  features(): readonly Feature[];
  /** Takes no more calls and waits for those that are under way. */
  close(): Promise<void>;
}

type Door = Omit<RestDoor, "source" | "peerUid">;

/** Told when something else stood in the place of the socket. */
export type SocketWatch = Pick<SocketKeeping, "log" | "onTaken">;

/**
 * Opens the Unix socket: the only door to operations, for whoever the owner of the agent is. The metrics
 * address serves pages alone and confers no identity.
 */
export async function listen(
  path: string,
  metricsAddress: MetricsAddress | undefined,
  door: Door,
  watch: SocketWatch,
): Promise<Listening> {
  const socket = createListener(SOCKET_LIMITS);
  serveRest(socket, { ...door, pages: { ...door.pages, ...openApiPage() }, source: "socket", peerUid });
  const start = () => socket.listen({ path });
  await openSocket(path, start, "HOLDFAST_AGENT_DATA_DIR", SOCKET_HINTS);
  const keeper = new SocketKeeper({ path, server: socket.server, ...watch });
  const closeSocket = async () => {
    await keeper.close();
    await socket.close();
  };
  const features = () => [keeper.feature()].filter((feature) => feature !== undefined);
  if (metricsAddress === undefined) return { metricsPort: undefined, features, close: closeSocket };
  const pages = createListener(PAGE_LIMITS);
  serveRest(pages, { ...door, operations: [], source: "http" });
  try {
    const { host, port } = metricsAddress;
    await listenOn(() => pages.listen({ host, port }), `${host}:${port}`, HINTS);
  } catch (error) {
    await closeSocket();
    throw error;
  }
  const bound = pages.server.address();
  return {
    metricsPort: bound !== null && typeof bound === "object" ? bound.port : undefined,
    features,
    async close() {
      await Promise.all([closeSocket(), pages.close()]);
    },
  };
}
