import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Refusal } from "../errors.ts";
import type { Call, Source } from "../gate/call.ts";
import type { Credential } from "../gate/dependencies.ts";
import type { Answer, Gate } from "../gate/gate.ts";
import type { Operation } from "../operation.ts";
import { decodeParams, decodeQuery } from "./decode.ts";
import { preconditionOf } from "./preconditions.ts";
import { problemOf, type Problems } from "./problem.ts";
import { nextRequestId, traceOf } from "./request-id.ts";
import { RouteTable } from "./route-table.ts";

/** A page that is no operation: health probes, metrics, the API description. They are counted, not recorded. */
export type Page = (request: IncomingMessage) => PageAnswer | Promise<PageAnswer>;

export interface PageAnswer {
  readonly status: number;
  readonly mediaType: string;
  readonly body: string | Uint8Array;
}

export interface RestDoor {
  readonly gate: Gate;
  readonly operations: readonly Operation[];
  readonly problems: Problems;
  readonly pages: Readonly<Record<string, Page>>;
  readonly source: Source["listener"];
  /** Present on the Unix socket only: no network door confers identity by address (DESIGN §9). */
  readonly peerUid?: (socket: Socket) => number | undefined;
  /** Bytes or targets that never became an operation. */
  readonly onStray: (code: string) => void;
}

const uids = new WeakMap<object, number>();

/** Serves the catalogue on a Fastify instance, which is socket, limits and body reader only. */
export function serveRest(server: FastifyInstance, door: RestDoor): void {
  const routes = new RouteTable(door.operations);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => {
    done(null, body);
  });
  if (door.peerUid !== undefined) readPeerAtAccept(server, door.peerUid);
  const answer = (request: FastifyRequest, reply: FastifyReply, fault?: Refusal) => {
    reply.hijack();
    return respond(door, routes, request, reply.raw, fault);
  };
  server.all("/*", (request, reply) => answer(request, reply));
  server.setNotFoundHandler((request, reply) => answer(request, reply));
  server.setErrorHandler((error, request, reply) => answer(request, reply, faultOf(error)));
}

function readPeerAtAccept(server: FastifyInstance, peerUid: (socket: Socket) => number | undefined): void {
  server.server.on("connection", (socket: Socket) => {
    const uid = peerUid(socket);
    if (uid === undefined) socket.destroy();
    else uids.set(socket, uid);
  });
}

/** Faults of reading a body; the operation they were meant for records them. */
export function faultOf(error: unknown): Refusal {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") return new Refusal("payload_too_large", "The request body is too large.");
  if (code === "FST_ERR_CTP_INVALID_CONTENT_LENGTH" || code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") {
    return new Refusal("invalid_input", "The request's body or media type is malformed.");
  }
  return new Refusal("invalid_input", "The request could not be read.", { cause: error });
}

async function respond(
  door: RestDoor,
  routes: RouteTable,
  request: FastifyRequest,
  response: ServerResponse,
  fault: Refusal | undefined,
): Promise<void> {
  const raw = request.raw;
  const url = raw.url ?? "/";
  const mark = url.indexOf("?");
  const target = mark < 0 ? url : url.slice(0, mark);
  const requestId = nextRequestId();
  const page = raw.method === "GET" && Object.hasOwn(door.pages, target) ? door.pages[target] : undefined;
  if (page !== undefined) return sendPage(response, await page(raw));
  const match = routes.match(raw.method ?? "", target);
  if (match.kind !== "operation") return sendStray(door, match, response, requestId);
  const call = callOf(door, match, request, mark < 0 ? "" : url.slice(mark + 1), requestId, fault);
  sendAnswer(door, response, await door.gate.perform(call), requestId, call);
}

function callOf(
  door: RestDoor,
  match: { readonly operation: Operation; readonly raw: Readonly<Record<string, string>> },
  request: FastifyRequest,
  query: string,
  requestId: string,
  readFault: Refusal | undefined,
): Call {
  const { headers, socket } = request.raw;
  const { definition } = match.operation;
  let fault = readFault;
  const decoding = <T>(decode: () => T, otherwise: T): T => {
    try {
      return decode();
    } catch (error) {
      fault ??= faultFrom(error);
      return otherwise;
    }
  };
  const params = decoding(() => decodeParams(definition, match.raw), {});
  const queryMembers = decoding(() => decodeQuery(definition, query), {});
  const precondition = decoding(() => preconditionOf(headers["if-match"], headers["if-none-match"]), undefined);
  return {
    operation: match.operation,
    credential: credentialOf(door, headers.authorization, socket),
    source: { listener: door.source, address: door.source === "socket" ? "socket" : (socket.remoteAddress ?? "gone") },
    params,
    query: queryMembers,
    body: request.body instanceof Uint8Array ? request.body : undefined,
    mediaType: headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase(),
    precondition,
    tenantNamed: single(headers["holdfast-tenant"]),
    idempotencyKey: single(headers["idempotency-key"]),
    fault: fault ?? encodingFault(headers["content-encoding"]),
    requestId,
    trace: traceOf(headers["traceparent"]),
    get signal() {
      return signalOf(request);
    },
  };
}

function faultFrom(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  throw error;
}

/** Compressed bodies are refused: a bound on bytes read would not bound what they unpack to (ATTACKS 30). */
function encodingFault(encoding: string | undefined): Refusal | undefined {
  if (encoding === undefined || encoding === "identity") return undefined;
  return new Refusal("unsupported_media_type", "Compressed request bodies are not accepted.");
}

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(",") : value;

const BEARER = /^bearer +(\S+)$/i;

/** A presented credential replaces the peer's identity, and an invalid one never falls back to it (DESIGN §9). */
function credentialOf(door: RestDoor, authorization: string | undefined, socket: Socket): Credential {
  if (authorization !== undefined) return { kind: "token", token: BEARER.exec(authorization)?.[1] ?? "" };
  const uid = door.peerUid === undefined ? undefined : uids.get(socket);
  return uid === undefined ? { kind: "none" } : { kind: "peer", uid };
}

const signals = new WeakMap<FastifyRequest, AbortSignal>();

/** Aborted when the client goes away; made only for operations that ask for it. */
function signalOf(request: FastifyRequest): AbortSignal {
  const known = signals.get(request);
  if (known !== undefined) return known;
  const controller = new AbortController();
  request.raw.socket.once("close", () => {
    controller.abort();
  });
  signals.set(request, controller.signal);
  return controller.signal;
}

function sendStray(
  door: RestDoor,
  match: { readonly kind: "method"; readonly allowed: readonly string[] } | { readonly kind: "none" },
  response: ServerResponse,
  requestId: string,
): void {
  const refusal =
    match.kind === "none"
      ? new Refusal("not_found", "There is no such resource in this API.", { hint: "GET /openapi.json lists what there is." })
      : new Refusal("method_not_allowed", "This resource does not have that method.");
  door.onStray(refusal.code);
  const problem = problemOf(door.problems, refusal, requestId);
  const headers: Record<string, string | number> = problemHeaders(problem.body, requestId);
  if (match.kind === "method") headers["Allow"] = match.allowed.join(", ");
  response.writeHead(problem.status, headers).end(problem.body);
}

function sendPage(response: ServerResponse, page: PageAnswer): void {
  response
    .writeHead(page.status, {
      "Content-Type": page.mediaType,
      "Content-Length": Buffer.byteLength(page.body),
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
    })
    .end(page.body);
}

function problemHeaders(body: string, requestId: string): Record<string, string | number> {
  return {
    "Content-Type": "application/problem+json",
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Holdfast-Request-Id": requestId,
  };
}

function sendAnswer(door: RestDoor, response: ServerResponse, answer: Answer, requestId: string, call: Call): void {
  if (response.destroyed) return;
  if (answer.ok) sendPlan(response, answer, requestId, call);
  else sendRefusal(door, response, answer, requestId);
}

function sendPlan(response: ServerResponse, answer: Answer & { ok: true }, requestId: string, call: Call): void {
  const { plan } = answer;
  const body = plan.binary?.bytes ?? JSON.stringify(plan.output);
  const headers: Record<string, string | number> = {
    "Content-Type": plan.binary?.mediaType ?? "application/json",
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Holdfast-Request-Id": requestId,
    "Holdfast-Seq": answer.seq,
  };
  if (plan.etag !== undefined) headers["ETag"] = `"${plan.etag}"`;
  const link = nextLink(plan.output, call);
  if (link !== undefined) headers["Link"] = link;
  addRate(headers, answer);
  response.writeHead(plan.status ?? 200, headers).end(body);
}

function sendRefusal(door: RestDoor, response: ServerResponse, answer: Answer & { ok: false }, requestId: string): void {
  const problem = problemOf(door.problems, answer.refusal, requestId);
  const headers = problemHeaders(problem.body, requestId);
  if (answer.seq !== undefined) headers["Holdfast-Seq"] = answer.seq;
  if (answer.refusal.details.retryAfterSeconds !== undefined) {
    headers["Retry-After"] = answer.refusal.details.retryAfterSeconds;
  }
  if (answer.refusal.code === "unauthenticated") headers["WWW-Authenticate"] = 'Bearer realm="holdfast"';
  addRate(headers, answer);
  response.writeHead(problem.status, headers).end(problem.body);
}

/** RateLimit header fields of draft-ietf-httpapi-ratelimit-headers. */
function addRate(headers: Record<string, string | number>, { rate }: Answer): void {
  if (rate === undefined) return;
  headers["RateLimit"] = `"actor";r=${rate.remaining};t=${Math.ceil(rate.resetSeconds)}`;
}

/** RFC 8288 link to the page that follows: the same target with the cursor the answer names. */
function nextLink(output: unknown, call: Call): string | undefined {
  if (typeof output !== "object" || output === null || !("next" in output) || output.next === undefined) return undefined;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query)) query.set(name, String(value));
  const cursor = "before" in (call.operation.definition.input.query?.["properties"] as object | undefined ?? {}) ? "before" : "after";
  query.set(cursor, String(output.next));
  return `<?${query.toString()}>; rel="next"`;
}
