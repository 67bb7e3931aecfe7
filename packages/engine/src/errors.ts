/**
 * Codes are public and stable: the contract says what each means to a caller (packages/contract/src/errors.ts), and
 * doors/problem.ts, alone, which HTTP status it has.
 */
export type RefusalCode =
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "deleted"
  | "destroyed"
  | "invalid_input"
  | "path_not_canonical"
  | "malformed_json"
  | "already_exists"
  | "version_mismatch"
  | "conflict"
  | "idempotency_mismatch"
  | "method_not_allowed"
  | "payload_too_large"
  | "unsupported_media_type"
  | "query_refused"
  | "query_stopped"
  | "not_acceptable"
  | "header_too_large"
  | "timeout"
  | "rate_limited"
  | "overloaded"
  | "busy"
  | "sealed"
  | "storage_failed"
  | "internal";

export interface RefusedField {
  readonly pointer: string;
  readonly message: string;
  /** Where in a text of many words, such as a statement; line and column from 1. */
  readonly position?: { readonly offset: number; readonly line: number; readonly column: number };
}

export interface RefusalDetails {
  readonly hint?: string;
  readonly errors?: readonly RefusedField[];
  /** For the sealed payload: what was asked for, when that is worth a record although nothing was done. */
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
  /** For operators' logs only. */
  readonly operatorDetail?: string;
  /** A failed If-Match answers 412 where the same mismatch by `cas` answers 409. */
  readonly precondition?: boolean;
}

/**
 * The engine's one error class: an operation that must not go on. `message` and `hint` may reach the caller; `cause` and
 * `operatorDetail` go to the log alone.
 */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;
  readonly details: RefusalDetails;

  constructor(code: RefusalCode, message: string, details: RefusalDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.details = details;
  }
}
