import { Agent as HttpAgent, type AgentOptions, type ClientRequestArgs } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { ClientError } from "./errors.ts";
import type { AddressOptions, ClientOptions, Limits, SocketOptions } from "./options.ts";

/** Where requests go, and the connections that carry them. */
export interface Route {
  readonly agent: HttpAgent | HttpsAgent;
  readonly protocol: "http:" | "https:";
  readonly host: string;
  readonly port: number;
  /** Name under which heads of this server are remembered. */
  readonly server: string;
}

/** The keep-alive connections to an address (TLS 1.3 only) or a socket. */
export function routeTo(options: ClientOptions, limits: Limits): Route {
  const agentOptions = { keepAlive: true, maxSockets: limits.maxConnections, scheduling: "lifo" } as const;
  return "socketPath" in options ? toSocket(options, agentOptions) : toAddress(options, agentOptions);
}

function toSocket(options: SocketOptions, agentOptions: AgentOptions): Route {
  const agent = new SocketAgent(agentOptions, options);
  return { agent, protocol: "http:", host: "localhost", port: 80, server: `unix:${options.socketPath}` };
}

function toAddress({ address, ca }: AddressOptions, agentOptions: AgentOptions): Route {
  const url = URL.parse(address);
  const isBare = url?.pathname === "/" && !url.search && !url.hash && !url.username && !url.password;
  // Plain HTTP would show a token to the network, and there is no server of ours that speaks it.
  if (url?.protocol !== "https:" || !isBare)
    throw new ClientError("invalid_call", "the address has to be https://host:port, without a path");
  const trusted = ca === undefined ? {} : { ca: typeof ca === "string" ? ca : [...ca] };
  return {
    agent: new HttpsAgent({ ...agentOptions, ...trusted, minVersion: "TLSv1.3" }),
    protocol: "https:",
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(url.port || 443),
    server: url.origin,
  };
}

type Connected = (error: Error | null, socket: Duplex) => void;

/** Hands out a connection only after its other end was approved: a planted socket must not see a single byte. */
class SocketAgent extends HttpAgent {
  readonly #target: SocketOptions;

  constructor(options: AgentOptions, target: SocketOptions) {
    super(options);
    this.#target = target;
  }

  override createConnection(_options: ClientRequestArgs, connected: Connected): undefined {
    const socket = connect(this.#target.socketPath);
    const fail = (error: Error) => connected(error, socket);
    socket.once("error", fail);
    const handOver = (refusal: ClientError | null) => {
      socket.off("error", fail);
      if (refusal) socket.destroy();
      connected(refusal, socket);
    };
    socket.once("connect", () => void this.#judge(socket).then(handOver));
  }

  async #judge(socket: Socket): Promise<ClientError | null> {
    const { approveSocket, socketPath } = this.#target;
    try {
      await approveSocket?.(socket, socketPath);
      return null;
    } catch (cause) {
      return new ClientError("untrusted_socket", `the socket ${socketPath} is not trusted`, { cause });
    }
  }
}
