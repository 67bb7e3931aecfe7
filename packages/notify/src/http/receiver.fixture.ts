import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { certifiedIdentity } from "../self-signed.fixture.ts";

export interface Received {
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  readonly path: string;
}

/** Answers a request, or does not. */
export type Answer = (response: ServerResponse, received: Received) => void;

/** A receiver of webhooks that behaves as a test says, and keeps what it got. */
export interface Receiver {
  readonly url: string;
  readonly ca: string;
  readonly received: Received[];
  answer: Answer;
}

const identity = certifiedIdentity();

export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(code, headers).end();
  };

export async function startReceiver(
  answer: Answer = status(204),
  scheme: "https" | "http" = "https",
): Promise<Receiver> {
  const receiver = { url: "", ca: identity.ca, received: [] as Received[], answer };
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    request.on("end", () => {
      const received = { headers: request.headers, body: Buffer.concat(chunks).toString(), path: request.url ?? "" };
      receiver.received.push(received);
      receiver.answer(response, received);
    });
  };
  const server = scheme === "http" ? createServer(handle) : createSecureServer(identity, handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  receiver.url = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return receiver;
}
