import type { FastifyRequest } from "fastify";
import type { ServerResponse } from "node:http";
import { Refusal } from "../errors.ts";
import type { Call, Source } from "../gate/call.ts";
import { abortSignalOf } from "./abort-signal.ts";
import { acceptFault } from "./accept.ts";
import { credentialOf } from "./credential.ts";
import { decodeParams, decodeQuery } from "./decode.ts";
import { announcesBody, encodingFault, mediaTypeOf, repeatedHeaders, repetitionFault } from "./headers.ts";
import { preconditionOf } from "./preconditions.ts";
import { traceOf } from "./request-id.ts";
import type { MatchedOperation } from "./route-table.ts";

/** A request whose target is an operation's, as the door has it. */
export interface MatchedRequest {
  readonly match: MatchedOperation;
  readonly query: string;
  readonly requestId: string;
  readonly listener: Source["listener"];
  readonly request: FastifyRequest;
  readonly response: ServerResponse;
  /** What went wrong while the body was read. */
  readonly readFault: Refusal | undefined;
}

/** Decodes a request. What is wrong with it travels inside the call: whoever calls is identified before being told. */
export function callOf(matched: MatchedRequest): Call {
  const { match, query, requestId, listener, request, response } = matched;
  const { headers, rawHeaders, socket } = request.raw;
  const { definition } = match.operation;
  const repeated = repeatedHeaders(rawHeaders);
  const faults = new FirstFault(matched.readFault ?? headerFault(matched, repeated));
  const params = faults.guard(() => decodeParams(definition, match.raw)) ?? {};
  const queryMembers = faults.guard(() => decodeQuery(definition, query)) ?? {};
  const precondition = faults.guard(() => preconditionOf(definition, headers));
  return new DecodedCall(response, {
    operation: match.operation,
    credential: credentialOf(headers.authorization, repeated.has("authorization"), socket),
    source: { listener, address: listener === "socket" ? "socket" : (socket.remoteAddress ?? "gone") },
    params,
    query: queryMembers,
    precondition,
    body: request.body as Uint8Array | undefined,
    mediaType: mediaTypeOf(headers["content-type"]),
    tenantNamed: single(headers["holdfast-tenant"]),
    idempotencyKey: single(headers["idempotency-key"]),
    fault: faults.first,
    requestId,
    trace: traceOf(headers["traceparent"]),
  });
}

/** A class, because a getter in an object literal gives every single object a hidden class of its own. */
class DecodedCall implements Call {
  readonly operation: Call["operation"];
  readonly credential: Call["credential"];
  readonly source: Source;
  readonly params: Call["params"];
  readonly query: Call["query"];
  readonly body: Uint8Array | undefined;
  readonly mediaType: string | undefined;
  readonly precondition: number | undefined;
  readonly tenantNamed: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly fault: Refusal | undefined;
  readonly requestId: string;
  readonly trace: string | undefined;
  readonly #response: ServerResponse;
  #signal: AbortSignal | undefined;

  constructor(response: ServerResponse, call: Omit<Call, "signal">) {
    this.#response = response;
    this.operation = call.operation;
    this.credential = call.credential;
    this.source = call.source;
    this.params = call.params;
    this.query = call.query;
    this.body = call.body;
    this.mediaType = call.mediaType;
    this.precondition = call.precondition;
    this.tenantNamed = call.tenantNamed;
    this.idempotencyKey = call.idempotencyKey;
    this.fault = call.fault;
    this.requestId = call.requestId;
    this.trace = call.trace;
  }

  /** Made for the few operations that ask for it. */
  get signal(): AbortSignal {
    this.#signal ??= abortSignalOf(this.#response);
    return this.#signal;
  }
}

/** Node gives headers that it knows nothing of as text, joined when they were repeated (which is a fault). */
const single = (header: string | string[] | undefined): string | undefined =>
  header === undefined ? undefined : String(header);

function headerFault({ match, request }: MatchedRequest, repeated: ReadonlySet<string>): Refusal | undefined {
  const { headers } = request.raw;
  return (
    repetitionFault(repeated) ??
    encodingFault(headers["content-encoding"]) ??
    acceptFault(headers.accept, match.operation.definition.output?.mediaType) ??
    unreadBodyFault(request)
  );
}

/** Bodies of GET are not read, and what is not read must not be ignored either (ATTACKS 48). */
function unreadBodyFault({ body, headers }: FastifyRequest): Refusal | undefined {
  if (body !== undefined || !announcesBody(headers)) return undefined;
  return new Refusal("invalid_input", "This operation takes no request body.");
}

/** Runs decoders and keeps the first refusal; anything else is a fault of ours and goes through. */
class FirstFault {
  first: Refusal | undefined;

  constructor(first: Refusal | undefined) {
    this.first = first;
  }

  guard<T>(decode: () => T): T | undefined {
    try {
      return decode();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.first ??= error;
      return undefined;
    }
  }
}
