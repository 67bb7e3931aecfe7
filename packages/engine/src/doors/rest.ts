import type { ServerResponse } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Refusal } from "../errors.ts";
import type { Source } from "../gate/call.ts";
import type { Gate } from "../gate/gate.ts";
import type { Operation } from "../operation.ts";
import { sendAnswer, sendPage, sendProblem } from "./answer.ts";
import { Awaiting } from "./awaiting.ts";
import { callOf } from "./call.ts";
import { closeAfterAnswers } from "./closing.ts";
import { type PeerUid, readPeersAtAccept } from "./credential.ts";
import { answerMalformed } from "./malformed.ts";
import type { Page } from "./page.ts";
import type { Problems } from "./problem.ts";
import { readFaultOf } from "./read-fault.ts";
import { requestIdOf } from "./request-id.ts";
import { type RouteMatch, RouteTable } from "./route-table.ts";
import { cutOffStalled } from "./stalled.ts";

export interface RestDoor {
  readonly gate: Gate;
  readonly operations: readonly Operation[];
  readonly problems: Problems;
  readonly pages: Readonly<Record<string, Page>>;
  readonly source: Source["listener"];
  /** Present on the Unix socket only: no network door confers identity by address. */
  readonly peerUid?: PeerUid;
  /** Bytes or targets that never became an operation. */
  readonly onStray: (code: string) => void;
}

/** One request on its way through the door. */
interface Exchange {
  readonly request: FastifyRequest;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly readFault: Refusal | undefined;
}

/** Serves the catalogue on a Fastify instance, which is socket, limits and body reader only. */
export function serveRest(server: FastifyInstance, door: RestDoor): void {
  const routes = new RouteTable(door.operations);
  const awaiting = new Awaiting();
  const answer = (request: FastifyRequest, { raw }: FastifyReply, readFault?: Refusal): void => {
    awaiting.add(raw);
    cutOffStalled(raw, server.server.requestTimeout);
    const requestId = requestIdOf(request.headers["holdfast-request-id"]);
    void respond(door, routes, { request, response: raw, requestId, readFault });
  };
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => {
    done(null, body);
  });
  server.all("/*", (request, reply) => answer(request, reply.hijack()));
  // Methods that Fastify does not route.
  server.setNotFoundHandler((request, reply) => answer(request, reply.hijack()));
  server.setErrorHandler((error, request, reply) => answer(request, reply.hijack(), readFaultOf(error)));
  closeAfterAnswers(server, awaiting);
  answerMalformed(server.server, door.problems, awaiting, door.onStray);
  if (door.peerUid !== undefined) readPeersAtAccept(server.server, door.peerUid);
}

/** Every request is answered, or its connection ends: nobody else does it for a reply that was taken over. */
async function respond(door: RestDoor, routes: RouteTable, exchange: Exchange): Promise<void> {
  try {
    await serve(door, routes, exchange);
  } catch (error) {
    fail(door, exchange, error);
  }
}

async function serve(door: RestDoor, routes: RouteTable, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const [target, query] = splitTarget(request.originalUrl);
  const page = Object.hasOwn(door.pages, target) ? door.pages[target] : undefined;
  if (page !== undefined && request.method === "GET") return sendPage(response, await page(request.raw));
  const match = page === undefined ? routes.match(request.method, target) : PAGE_METHODS;
  if (match.kind !== "operation") return sendStray(door, exchange, match);
  const call = callOf({ ...exchange, match, query, listener: door.source });
  sendAnswer(response, door.problems, await door.gate.perform(call), call);
}

const PAGE_METHODS = { kind: "method", allowed: ["GET"] } as const;

function splitTarget(target: string): readonly [path: string, query: string] {
  const mark = target.indexOf("?");
  return mark < 0 ? [target, ""] : [target.slice(0, mark), target.slice(mark + 1)];
}

type Stray = Exclude<RouteMatch, { readonly kind: "operation" }>;

function sendStray({ problems, onStray }: RestDoor, { response, requestId }: Exchange, match: Stray): void {
  const refusal = strayRefusal(match);
  onStray(refusal.code);
  const headers = match.kind === "method" ? { Allow: match.allowed.join(", ") } : {};
  sendProblem(response, problems, refusal, requestId, headers);
}

function strayRefusal({ kind }: Stray): Refusal {
  if (kind === "method") return new Refusal("method_not_allowed", "This resource does not have that method.");
  const hint = "GET /openapi.json lists what there is.";
  return new Refusal("not_found", "There is no such resource in this API.", { hint });
}

/** What a handler of a page or an encoder threw: the caller learns that, and operators learn what. */
function fail({ gate, problems }: RestDoor, { response, requestId }: Exchange, error: unknown): void {
  const refusal =
    error instanceof Refusal ? error : new Refusal("internal", "The server could not complete this request.");
  try {
    sendProblem(response, problems, refusal, requestId);
  } catch {
    // Its head was sent already: cut off, an answer cannot be taken for a whole one.
    response.destroy();
  }
  gate.log.error({ err: error, requestId }, "request failed unexpectedly");
}
