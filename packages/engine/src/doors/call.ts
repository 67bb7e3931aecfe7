import type { FastifyRequest } from "fastify";
import type { ServerResponse } from "node:http";
import { Refusal } from "../errors.ts";
import type { Call, Source } from "../gate/call.ts";
import { abortSignalOf } from "./abort-signal.ts";
import { acceptFault } from "./accept.ts";
import { credentialOf } from "./credential.ts";
import { decodeParams, decodeQuery } from "./decode.ts";
import { announcesBody, encodingFault, mediaTypeOf, repetitionFault } from "./headers.ts";
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
  const { headers, headersDistinct, socket } = request.raw;
  const { definition } = match.operation;
  const faults = new FirstFault(matched.readFault ?? headerFault(matched));
  let signal: AbortSignal | undefined;
  return {
    operation: match.operation,
    credential: credentialOf(headersDistinct["authorization"], socket),
    source: { listener, address: listener === "socket" ? "socket" : (socket.remoteAddress ?? "gone") },
    params: faults.guard(() => decodeParams(definition, match.raw)) ?? {},
    query: faults.guard(() => decodeQuery(definition, query)) ?? {},
    precondition: faults.guard(() => preconditionOf(definition, headers)),
    body: request.body as Uint8Array | undefined,
    mediaType: mediaTypeOf(headers["content-type"]),
    tenantNamed: headersDistinct["holdfast-tenant"]?.[0],
    idempotencyKey: headersDistinct["idempotency-key"]?.[0],
    fault: faults.first,
    requestId,
    trace: traceOf(headers["traceparent"]),
    // Made for the few operations that ask for it.
    get signal() {
      signal ??= abortSignalOf(response);
      return signal;
    },
  };
}

function headerFault({ match, request }: MatchedRequest): Refusal | undefined {
  const { headers, headersDistinct } = request.raw;
  return (
    repetitionFault(headersDistinct) ??
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
