import { nextRequestId } from "./doors/request-id.ts";
import type { Call } from "./gate/call.ts";
import type { Operation, OperationDefinition, Principal } from "./operation.ts";

/**
 * Definition of something the server does unasked. No route leads to it, and it passes the gate and stands in the
 * ledger like everything else.
 */
export function dutyDefinition(name: string, entryResource: string): OperationDefinition {
  return {
    name,
    method: "POST",
    path: "",
    aliases: [],
    spans: [],
    permission: null,
    input: {},
    scope: "tenant",
    mutation: true,
    entryResource,
  };
}

/** The call of a duty, with the server's own actor; no door can make one. */
export function dutyCall(operation: Operation, principal: Principal, signal: AbortSignal): Call {
  return {
    operation,
    credential: { kind: "internal", principal },
    source: { listener: "socket", address: "server" },
    params: {},
    query: {},
    body: undefined,
    mediaType: undefined,
    precondition: undefined,
    tenantNamed: undefined,
    idempotencyKey: undefined,
    fault: undefined,
    requestId: nextRequestId(),
    trace: undefined,
    signal,
  };
}
