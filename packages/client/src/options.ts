import type { Socket } from "node:net";
import { ClientError } from "./errors.ts";
import type { HeadStore } from "./ledger/head-store.ts";

interface CommonOptions {
  /** Opaque token (`hft_…`); without one, a socket's peer identity counts. */
  readonly token?: string;
  /** Name or id of the tenant to act in; the credential's own when left out. */
  readonly tenant?: string;
  /** Time for a whole call, its retries included; 30 s when left out. */
  readonly timeoutMs?: number;
  /** How often a call is repeated at most; 3 when left out. */
  readonly retries?: number;
  /** Connections kept at most; 16 when left out. */
  readonly maxConnections?: number;
  /** 64 MiB when left out. */
  readonly maxAnswerBytes?: number;
  /** Where the newest signed head that was seen is kept; in memory when left out. */
  readonly heads?: HeadStore;
  /** The log's verifier key, got another way. When left out, the first that the server shows is kept and insisted on. */
  readonly verifierKey?: string;
}

export interface AddressOptions extends CommonOptions {
  /** `https://host:port`, without a path. */
  readonly address: string;
  /** The certificates to trust, PEM; the system's when left out. */
  readonly ca?: string | readonly string[];
}

export interface SocketOptions extends CommonOptions {
  /** A Unix socket. */
  readonly socketPath: string;
  /** Looks at each new connection before a byte is sent, and throws to refuse it: who owns the other end? */
  readonly approveSocket?: (socket: Socket, socketPath: string) => void | Promise<void>;
}

export type ClientOptions = AddressOptions | SocketOptions;

/** What may differ from call to call. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly retries?: number;
  readonly tenant?: string;
  /** For a change that must be done once even if this process ends and asks again; random when left out. */
  readonly idempotencyKey?: string;
  /** Told what stood beside the answer. */
  readonly onAnswer?: (facts: AnswerFacts) => void;
}

export interface AnswerFacts {
  readonly status: number;
  /** Ledger entry of the call. */
  readonly seq: number | undefined;
  readonly requestId: string | undefined;
  readonly etag: string | undefined;
}

const mebibyte = 1024 * 1024;
const defaults = { timeoutMs: 30_000, retries: 3, maxConnections: 16, maxAnswerBytes: 64 * mebibyte } as const;

export type Limits = { readonly [name in keyof typeof defaults]: number };

/** Limits with defaults filled in; refuses what is not a sensible number. */
export function limitsOf(options: CommonOptions): Limits {
  const limit = (name: keyof Limits, minimum: number, maximum: number) => {
    const value = options[name] ?? defaults[name];
    if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
    throw new ClientError("invalid_call", `${name} has to be an integer from ${minimum} to ${maximum}`);
  };
  return {
    timeoutMs: limit("timeoutMs", 1, 2 ** 31 - 1),
    retries: limit("retries", 0, 100),
    maxConnections: limit("maxConnections", 1, 1024),
    maxAnswerBytes: limit("maxAnswerBytes", 1, 2 ** 31 - 1),
  };
}
