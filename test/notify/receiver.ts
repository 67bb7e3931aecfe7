import { createServer } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { certifiedIdentity } from "../../packages/notify/src/self-signed.fixture.ts";
import { privateFile } from "./sinks.ts";

export const SIGNING_KEY = Buffer.alloc(32, 3);

export interface Arrival {
  readonly id: string;
  readonly title: string;
}

/** A receiver of webhooks of our own, for what no ordinary server does. */
export interface Receiver {
  readonly arrivals: readonly Arrival[];
  /** Settings of a webhook that posts to it. */
  readonly webhook: object;
}

/** `answer` is called for each arrival, with how many there were before. */
export async function startReceiver(
  answer: (response: ServerResponse, before: number) => void = (response) => response.writeHead(204).end(),
): Promise<Receiver> {
  const identity = certifiedIdentity();
  const arrivals: Arrival[] = [];
  const server = createServer(identity, (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for (const stream of [request, response]) stream.on("error", () => undefined);
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { data } = JSON.parse(Buffer.concat(chunks).toString()) as { data: Arrival };
      arrivals.push({ id: data.id, title: data.title });
      answer(response, arrivals.length - 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    arrivals,
    webhook: {
      name: "hook",
      kind: "webhook",
      url: `https://127.0.0.1:${port}/hook`,
      allowLoopback: true,
      caFile: privateFile(identity.ca),
      secretFile: privateFile(`whsec_${SIGNING_KEY.toString("base64")}`),
    },
  };
}
