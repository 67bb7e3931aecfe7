import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { ClientError } from "./errors.ts";

/** What arrived, as it stood on the wire. */
export interface Arrived {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export type Answering = (arrived: Arrived, response: ServerResponse, count: number) => void;

export interface TestServer extends AsyncDisposable {
  readonly arrived: Arrived[];
  readonly connections: { count: number };
}

/** A real server on a Unix socket that answers what the test says. */
export async function onSocket(answering: Answering): Promise<TestServer & { readonly socketPath: string }> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-client-"));
  const socketPath = join(folder, "socket");
  const server = createServer();
  const running = await start(server, answering, () => server.listen(socketPath));
  const dispose = async () => {
    await running[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  };
  return { ...running, socketPath, [Symbol.asyncDispose]: dispose };
}

/** The same with TLS on a port of 127.0.0.1. */
export async function onTls(
  tls: ServerOptions,
  answering: Answering,
): Promise<TestServer & { readonly address: string }> {
  const server = createTlsServer(tls);
  const running = await start(server, answering, () => server.listen(0, "127.0.0.1"));
  return { ...running, address: `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function start(server: Server, answering: Answering, listen: () => void): Promise<TestServer> {
  const arrived: Arrived[] = [];
  const connections = { count: 0 };
  server.on("connection", () => connections.count++);
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const body = (await buffer(request)).toString();
    const one = { method: request.method ?? "", target: request.url ?? "", headers: request.headers, body };
    arrived.push(one);
    answering(one, response, arrived.length);
  };
  // A request that its client cut off is not served.
  server.on(
    "request",
    (request: IncomingMessage, response: ServerResponse) => void serve(request, response).catch(() => undefined),
  );
  listen();
  await once(server, "listening");
  return {
    arrived,
    connections,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Answers JSON. */
export function answer(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

/** Answers a refusal as the server words it. */
export function refuse(response: ServerResponse, status: number, code: string, headers: Record<string, string> = {}) {
  const problem = { type: `urn:holdfast:problem:${code}`, title: code, status, code, detail: `refused: ${code}` };
  answer(
    response,
    status,
    { ...problem, requestId: "rq-1" },
    { "content-type": "application/problem+json", ...headers },
  );
}

/** The ClientError that a call ends with. */
export async function failing(call: Promise<unknown>): Promise<ClientError> {
  const [outcome] = await Promise.allSettled([call]);
  if (outcome.status === "rejected" && outcome.reason instanceof ClientError) return outcome.reason;
  throw new Error("the call did not end with a ClientError", { cause: outcome });
}
