import { type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Route } from "./agent.ts";
import { ClientError } from "./errors.ts";

/** One request as it goes onto the wire. */
export interface WireRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

interface Bounds {
  readonly maxAnswerBytes: number;
  readonly signal: AbortSignal;
}

/** Sends one request and reads its answer, once. Throws a ClientError that says how far it came. */
export async function exchange(route: Route, wire: WireRequest, bounds: Bounds): Promise<WireAnswer> {
  const request = open(route, wire, bounds.signal);
  try {
    const answer = await answerTo(request, wire.body);
    const body = await bodyOf(answer, bounds.maxAnswerBytes);
    return { status: answer.statusCode ?? 0, headers: answer.headers, body };
  } catch (cause) {
    request.destroy();
    throw failure(cause, request, bounds.signal);
  }
}

function open(route: Route, wire: WireRequest, signal: AbortSignal): ClientRequest {
  const { agent, host, port, protocol } = route;
  const { method, target, headers, body } = wire;
  const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
  const send = protocol === "https:" ? httpsRequest : httpRequest;
  return send({ agent, host, port, method, path: target, headers: { ...headers, ...length }, signal });
}

async function answerTo(request: ClientRequest, body: string | undefined): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request.once("response", resolve);
  request.on("error", reject);
  request.end(body);
  return promise;
}

async function bodyOf(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new ClientError("answer_too_large", `the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** Nothing was sent: repeating is safe whatever the call. */
const unsent = new Set(["ECONNREFUSED", "ENOENT", "EACCES", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

function failure(cause: unknown, request: ClientRequest, signal: AbortSignal): ClientError {
  if (cause instanceof ClientError) return cause;
  if (signal.aborted) return stopped(signal);
  const { code = "", message } = cause as NodeJS.ErrnoException;
  if (unsent.has(code)) return new ClientError("connection_failed", `cannot connect: ${message}`, { cause });
  if (isDistrust(code)) return new ClientError("untrusted_server", `the server is not trusted: ${message}`, { cause });
  const kept = request.reusedSocket ? "a kept connection" : "the connection";
  return new ClientError("connection_lost", `${kept} was lost: ${message}`, { cause });
}

/** Codes of OpenSSL's certificate checks as node:tls names them, and its protocol errors. */
const isDistrust = (code: string) =>
  /^ERR_(TLS|SSL|OSSL)|EPROTO|CERT|UNABLE_TO|SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_CA/.test(code);

/** Why a call that was given up ended: its own deadline, or its caller. */
export function stopped(signal: AbortSignal): ClientError {
  const cause: unknown = signal.reason;
  const isDeadline = cause instanceof DOMException && cause.name === "TimeoutError";
  return isDeadline
    ? new ClientError("timed_out", "no answer in the time allowed", { cause })
    : new ClientError("aborted", "the call was aborted", { cause });
}
