import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createConnection, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import catalogue from "@holdfast/contract/catalogue.json" with { type: "json" };
import { onTestFinished } from "vitest";
import { Refusal } from "../errors.ts";
import type { GateDependencies, Identify } from "../gate/dependencies.ts";
import { alice, bench } from "../gate/gate.fixture.ts";
import { implement, type Operation, type OperationDefinition, type Run } from "../operation.ts";
import { createListener, defaultLimits, type ListenerLimits, type Tls } from "./listen.ts";
import type { Problems } from "./problem.ts";
import { type RestDoor, serveRest } from "./rest.ts";

/** The operations that a server really has. */
export const definitions = Object.values(catalogue.operations) as unknown as readonly OperationDefinition[];
export const problems = catalogue.problems as unknown as Problems;

/** Answers with what the operation was given. */
export const echo: Run = ({ operation, principal }, input) => ({
  output: { operation: operation.name, credential: principal.credential, ...input },
});

const echoing = definitions.map((definition) => implement(definition, echo));

const identify: Identify = (credential) => {
  if (credential.kind === "token" && credential.token === "valid") return { principal: alice };
  if (credential.kind === "peer") {
    const { uid } = credential;
    return { principal: { actor: "ac_peer", tenant: "tn_one", kind: "peer", credential: `uid:${uid}` } };
  }
  throw new Refusal("unauthenticated", "The credential is missing or not valid.");
};

export interface DoorOptions {
  readonly limits?: Partial<ListenerLimits>;
  readonly tls?: Tls;
  readonly unix?: boolean;
  readonly door?: Partial<RestDoor>;
  readonly gate?: Partial<GateDependencies>;
  /** Handlers in place of the echo. */
  readonly run?: Readonly<Record<string, Run>>;
}

/** A door on loopback, or on a socket in a folder of its own; it closes with the test. */
export async function openDoor(options: DoorOptions = {}) {
  const setting = bench({ identify, ...options.gate });
  const strays: string[] = [];
  const server = createListener({ ...defaultLimits, ...options.limits }, options.tls);
  const operations = echoing.map(({ definition, run }): Operation => {
    return { definition, run: options.run?.[definition.name] ?? run };
  });
  serveRest(server, {
    gate: setting.gate,
    operations,
    problems,
    pages: { "/healthz": () => ({ status: 200, mediaType: "text/plain", body: "ok\n" }) },
    source: options.unix === true ? "socket" : "http",
    onStray: (code) => strays.push(code),
    ...options.door,
  });
  const at = options.unix === true ? { path: join(temporaryFolder(), "s") } : { host: "127.0.0.1", port: 0 };
  await server.listen(at);
  onTestFinished(async () => {
    server.server.closeAllConnections();
    await server.close();
  });
  const { port = 0 } = "path" in at ? {} : (server.server.address() as AddressInfo);
  const connect = () => ("path" in at ? createConnection(at.path) : createConnection(port, at.host));
  return { ...setting, server, port, strays, connect, ...clientOf(connect) };
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "door-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The body as JSON. */
  readonly body: Record<string, unknown>;
}

function clientOf(connect: () => Socket) {
  /** Everything that comes back for these bytes until the other side closes. */
  const exchange = async (bytes: string | Uint8Array): Promise<string> => {
    const socket = connect();
    socket.write(bytes);
    return readAll(socket);
  };
  /** One request by somebody with a valid token, written as it stands: no client normalises it. */
  const ask = async (line: string, headers: readonly string[] = [], body?: string): Promise<Received> => {
    const length = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
    const token = headers.some((header) => /^authorization:/i.test(header)) ? [] : ["Authorization: Bearer valid"];
    const head = [`${line} HTTP/1.1`, "Host: localhost", "Connection: close", ...token, ...length, ...headers];
    return received(await exchange(`${head.join("\r\n")}\r\n\r\n${body ?? ""}`));
  };
  return { exchange, ask };
}

/** Reads to the end; a reset ends it as well. */
export async function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("error", () => {});
  if (!socket.destroyed) await new Promise((resolve) => socket.once("close", resolve));
  return Buffer.concat(chunks).toString("utf8");
}

export function received(text: string): Received {
  const end = text.indexOf("\r\n\r\n");
  const [line = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = Object.fromEntries(
    lines.map((each) => [each.slice(0, each.indexOf(":")).toLowerCase(), each.slice(each.indexOf(":") + 2)]),
  );
  const body = text.slice(end + 4);
  return {
    status: Number(line.split(" ")[1]),
    headers,
    text: body,
    get body() {
      return JSON.parse(body) as Record<string, unknown>;
    },
  };
}

export const jsonType = "Content-Type: application/json";
