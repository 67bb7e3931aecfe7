import { type ProblemCode, problems } from "@holdfast/contract/problems";

/** What can go wrong on this side of the wire; what the server refuses has the catalogue's codes. */
const ownHints = {
  invalid_call: "Correct the call; nothing was sent.",
  connection_failed: "Check that the server runs, and its address or socket.",
  connection_lost: "Read the state before you repeat it: the server may have done it.",
  untrusted_server: "Give the CA of this server; do not go on with a server that you do not know.",
  untrusted_socket: "Use a socket whose folder and server belong to you.",
  timed_out: "Allow more time, or read the state before you repeat it: the server may have done it.",
  aborted: "The call was given up by its caller; the server may have done it.",
  answer_too_large: "Ask for fewer items, or raise maxAnswerBytes.",
  bad_answer: "Something between here and the server is not Holdfast, or its version does not fit.",
  proof_invalid: "Do not rely on it. Get the proof again, and the verifier key another way.",
  head_store_failed: "Repair the file of remembered heads; remove it only if you accept to trust the server anew.",
  ledger_rolled_back:
    "The server shows an older ledger than before. If a backup was restored on purpose, compare the new verifier key with an operator and forget the remembered head.",
  ledger_forked: "The server shows another past than before. Keep what you remember as evidence and tell an operator.",
} as const;

export type ClientErrorCode = ProblemCode | keyof typeof ownHints;

/** A field of the input that the server refused. */
export interface FieldError {
  readonly pointer: string;
  readonly message: string;
  /** Where in a text of many words, such as a statement; line and column from 1. */
  readonly position?: { readonly offset: number; readonly line: number; readonly column: number };
}

interface Details {
  readonly status?: number | undefined;
  readonly hint?: string | undefined;
  readonly requestId?: string | undefined;
  readonly errors?: readonly FieldError[] | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly cause?: unknown;
}

/** The one error of this package. Decide by `code`; show `message` and `hint`. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly code: ClientErrorCode;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly hint: string;
  readonly requestId: string | undefined;
  readonly errors: readonly FieldError[];
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ClientErrorCode, message: string, details: Details = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.status = details.status ?? 0;
    this.hint = details.hint ?? hintOf(code);
    this.requestId = details.requestId;
    this.errors = details.errors ?? [];
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

export const isProblemCode = (code: unknown): code is ProblemCode =>
  typeof code === "string" && Object.hasOwn(problems, code);

const hintOf = (code: ClientErrorCode) => (isProblemCode(code) ? problems[code].hint : ownHints[code]);
