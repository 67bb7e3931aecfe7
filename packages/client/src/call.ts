import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { OperationName } from "@holdfast/contract";
import type { Operations } from "@holdfast/contract/types";
import type { Route } from "./agent.ts";
import { withDeadline } from "./deadline.ts";
import { decode, factsOf } from "./decode.ts";
import { encode, type OperationRow, rowOf } from "./encode.ts";
import { ClientError } from "./errors.ts";
import { exchange, stopped, type WireRequest } from "./exchange.ts";
import { type AnswerFacts, type CallOptions, type ClientOptions, type Limits, limitsOf } from "./options.ts";
import { retryDelayMs } from "./retry.ts";

export type Call = <Name extends OperationName>(
  name: Name,
  input: Operations[Name]["input"],
  options?: CallOptions,
) => Promise<Operations[Name]["output"]>;

/** Makes the one function through which every operation goes: encode, exchange, decode, and again where that is safe. */
export function callerOf(route: Route, client: ClientOptions, seen: (facts: AnswerFacts) => void): Call {
  return async (name, input, options = {}) => {
    const row = rowOf(name);
    const limits = limitsOf({ ...client, ...options });
    const wire = withHeaders(encode(name, row, input), row, client, options);
    const attempt = async (signal: AbortSignal) => {
      const answer = await exchange(route, wire, { ...limits, signal });
      const facts = factsOf(answer);
      seen(facts);
      options.onAnswer?.(facts);
      return decode(row, answer) as Operations[typeof name]["output"];
    };
    return withDeadline(limits.timeoutMs, options.signal, (signal) => repeat(() => attempt(signal), limits, signal));
  };
}

/** Tries until it is done or no wait fits into what is left: then the refusal says more than "timed out" would. */
async function repeat<T>(attempt: () => Promise<T>, limits: Limits, signal: AbortSignal): Promise<T> {
  const endMs = performance.now() + limits.timeoutMs;
  for (let retries = 0; ; retries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ClientError) || retries >= limits.retries) throw error;
      const delayMs = retryDelayMs(error, retries, Math.random);
      if (delayMs === undefined || performance.now() + delayMs >= endMs) throw error;
      await pause(delayMs, signal);
    }
  }
}

async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(delayMs, undefined, { signal });
  } catch {
    throw stopped(signal);
  }
}

function withHeaders(wire: WireRequest, row: OperationRow, client: ClientOptions, options: CallOptions): WireRequest {
  const tenant = options.tenant ?? client.tenant;
  const headers = {
    ...wire.headers,
    ...(client.token !== undefined && { authorization: `Bearer ${client.token}` }),
    ...(tenant !== undefined && { "holdfast-tenant": tenant }),
    ...(row.mutation && { "idempotency-key": options.idempotencyKey ?? randomUUID() }),
  };
  const broken = Object.entries(headers).find(([, value]) => !/^[\x20-\x7e]*$/.test(value));
  if (broken) throw new ClientError("invalid_call", `the header ${broken[0]} would hold more than printable ASCII`);
  return { ...wire, headers };
}
