import type { Operation } from "../operation.ts";
import type { Refusal } from "../errors.ts";
import type { Credential } from "./dependencies.ts";

/** Where bytes came from, as the listener knows it; never from a header. */
export interface Source {
  readonly listener: "http" | "socket";
  /** Peer address of the connection, or `socket`. */
  readonly address: string;
}

/** A decoded call. Decoding faults travel inside it: whoever calls is identified before being told what was wrong. */
export interface Call {
  readonly operation: Operation;
  readonly credential: Credential;
  readonly source: Source;
  readonly params: Readonly<Record<string, string | number>>;
  readonly query: Readonly<Record<string, string | number | boolean>>;
  /** Raw body; parsed in the validate step. */
  readonly body: Uint8Array | undefined;
  readonly mediaType: string | undefined;
  readonly precondition: number | undefined;
  readonly tenantNamed: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly fault: Refusal | undefined;
  readonly requestId: string;
  readonly trace: string | undefined;
  readonly signal: AbortSignal;
}
