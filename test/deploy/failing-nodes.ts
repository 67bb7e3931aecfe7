import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";

/** Nodes that take every call and die before they answer. */
export interface FailingNodes {
  readonly ports: readonly number[];
  /** Calls that arrived at any of them: method and path as they were sent. */
  readonly calls: string[];
  stop(): Promise<void>;
}

/** So many of them; to nginx they are nodes, since their certificate is one that it trusts. */
export async function startFailingNodes(count: number, tls: { key: string; cert: string }): Promise<FailingNodes> {
  const calls: string[] = [];
  const servers = Array.from({ length: count }, () =>
    createServer(tls, (request) => {
      calls.push(`${request.method} ${request.url}`);
      request.socket.destroy();
    }),
  );
  for (const server of servers) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  return { ports, calls, stop: async () => void (await Promise.all(servers.map(close))) };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
