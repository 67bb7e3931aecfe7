import type { ServerResponse } from "node:http";
import type { Refusal } from "../errors.ts";
import type { Call } from "../gate/call.ts";
import type { Answer } from "../gate/gate.ts";
import { announcesBody } from "./headers.ts";
import { nextLink } from "./link.ts";
import type { PageAnswer } from "./page.ts";
import { problemOf, type Problems } from "./problem.ts";

type Headers = Record<string, string | number>;

/** Encodes what the gate answered. */
export function sendAnswer(response: ServerResponse, problems: Problems, answer: Answer, call: Call): void {
  const headers: Headers = rateHeaders(answer);
  if (answer.seq !== undefined) headers["Holdfast-Seq"] = answer.seq;
  if (answer.ok) sendPlan(response, answer, call, headers);
  else sendProblem(response, problems, answer.refusal, call.requestId, headers);
}

function sendPlan(response: ServerResponse, { plan }: Answer & { ok: true }, call: Call, headers: Headers): void {
  const { success = [] } = call.operation.definition;
  const mediaType = plan.binary?.mediaType ?? "application/json";
  const body = plan.binary?.bytes ?? JSON.stringify(plan.output);
  headers["Holdfast-Request-Id"] = call.requestId;
  if (plan.etag !== undefined) headers["ETag"] = `"${plan.etag}"`;
  const link = nextLink(plan.output, call);
  if (link !== undefined) headers["Link"] = link;
  send(response, plan.status ?? success[0] ?? 200, mediaType, body, headers);
}

/** A refusal as the one kind of error document there is. */
export function sendProblem(
  response: ServerResponse,
  problems: Problems,
  refusal: Refusal,
  requestId: string,
  headers: Headers = {},
): void {
  const { status, body } = problemOf(problems, refusal, requestId);
  const { retryAfterSeconds } = refusal.details;
  headers["Holdfast-Request-Id"] = requestId;
  if (retryAfterSeconds !== undefined) headers["Retry-After"] = retryAfterSeconds;
  // Behind a balancer of connections the next call should find another node.
  if (refusal.code === "storage_failed") headers["Connection"] = "close";
  if (refusal.code === "unauthenticated") headers["WWW-Authenticate"] = 'Bearer realm="holdfast"';
  send(response, status, "application/problem+json", body, headers);
}

export function sendPage(response: ServerResponse, { status, mediaType, body }: PageAnswer): void {
  send(response, status, mediaType, body, {});
}

function send(
  response: ServerResponse,
  status: number,
  mediaType: string,
  body: string | Uint8Array,
  headers: Headers,
): void {
  // The client is gone; what it asked for stands in the ledger.
  if (response.destroyed) return;
  const { req } = response;
  // What a client still sends would be read as its next request, or for ever.
  if (!req.complete && announcesBody(req.headers)) headers["Connection"] = "close";
  response
    .writeHead(status, {
      ...headers,
      "Content-Type": mediaType,
      "Content-Length": Buffer.byteLength(body),
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
    })
    .end(body);
}

/** RateLimit header field of draft-ietf-httpapi-ratelimit-headers. */
function rateHeaders({ rate }: Answer): Headers {
  if (rate === undefined) return {};
  return { RateLimit: `"actor";r=${rate.remaining};t=${Math.ceil(rate.resetSeconds)}` };
}
