export interface Problem {
  readonly status: number;
  /** Status when the refused condition came in a header (RFC 9110 §13). */
  readonly preconditionStatus?: number;
  readonly title: string;
  /** What the caller should do; shown as the hint. */
  readonly hint: string;
}

/** Every refusal and fault that can reach a caller. Codes are public and never change their meaning. */
export const problems = {
  unauthenticated: {
    status: 401,
    title: "No valid credential",
    hint: 'Send a valid token as "Authorization: Bearer …", or use the local socket as a known user.',
  },
  forbidden: {
    status: 403,
    title: "Not allowed",
    hint: 'Ask an administrator for a role that grants this; "holdfast why" names what is missing.',
  },
  not_found: {
    status: 404,
    title: "Not found",
    hint: "Check the spelling; list the folder to see what is there.",
  },
  deleted: {
    status: 404,
    title: "Deleted",
    hint: "The version was deleted and can be brought back with undelete.",
  },
  destroyed: {
    status: 404,
    title: "Destroyed",
    hint: "The key of this version is gone; nothing can bring it back. Write a new version.",
  },
  invalid_input: {
    status: 400,
    title: "Input not valid",
    hint: 'Correct the fields named in "errors"; each has a JSON pointer.',
  },
  path_not_canonical: {
    status: 400,
    title: "Path not canonical",
    hint: 'Write the path in its one spelling: NFC, no empty, "." or ".." segment, no ":", no slash at either end.',
  },
  malformed_json: {
    status: 400,
    title: "Malformed JSON",
    hint: "Send one RFC 8259 document in UTF-8 without duplicate keys.",
  },
  already_exists: {
    status: 409,
    title: "Already exists",
    hint: "Choose another name, or update the existing one (PUT).",
  },
  version_mismatch: {
    status: 409,
    preconditionStatus: 412,
    title: "Version does not match",
    hint: "Read the current version, decide again, and send its number.",
  },
  conflict: {
    status: 409,
    title: "Conflict",
    hint: "The state does not allow this, or changed meanwhile; read it and try again.",
  },
  idempotency_mismatch: {
    status: 409,
    title: "Idempotency key used for another request",
    hint: "Use a fresh Idempotency-Key for a different request.",
  },
  method_not_allowed: {
    status: 405,
    title: "Method not allowed",
    hint: "Use one of the methods named in the Allow header.",
  },
  payload_too_large: {
    status: 413,
    title: "Too large",
    hint: "Send less in one request; a value may have 1 MiB at most.",
  },
  unsupported_media_type: {
    status: 415,
    title: "Media type not supported",
    hint: "Send the body as application/json, not compressed.",
  },
  header_too_large: {
    status: 431,
    title: "Header too large",
    hint: "Send fewer or shorter headers.",
  },
  rate_limited: {
    status: 429,
    title: "Too many requests",
    hint: "Wait as long as Retry-After says.",
  },
  overloaded: {
    status: 503,
    title: "Overloaded",
    hint: "Nothing was done. Wait as long as Retry-After says.",
  },
  busy: {
    status: 503,
    title: "Busy",
    hint: "Others kept changing the same thing and nothing was done. Try again.",
  },
  sealed: {
    status: 503,
    title: "Sealed",
    hint: "The root key is not loaded; an operator has to unseal the server.",
  },
  storage_failed: {
    status: 503,
    title: "Storage failed",
    hint: "Storage did not confirm the operation. Read the state before you repeat it; an operator should look at the log.",
  },
  query_refused: {
    status: 400,
    title: "Query not admitted",
    hint: 'Correct the statement at the position named; "holdfast query .schema" shows tables and columns.',
  },
  query_stopped: {
    status: 422,
    title: "Query stopped",
    hint: "Narrow it by WHERE or LIMIT, or allow it more time.",
  },
  not_acceptable: {
    status: 406,
    title: "Not acceptable",
    hint: "Accept application/json, or the media type of this answer.",
  },
  timeout: {
    status: 408,
    title: "Request took too long to arrive",
    hint: "Send the whole request without long pauses.",
  },
  internal: {
    status: 500,
    title: "Internal error",
    hint: "Report the request id to an operator.",
  },
} as const satisfies Record<string, Problem>;

export type ProblemCode = keyof typeof problems;

const anyOperation: readonly ProblemCode[] = [
  "unauthenticated",
  "forbidden",
  "invalid_input",
  "header_too_large",
  "not_acceptable",
  "rate_limited",
  "timeout",
  "overloaded",
  "busy",
  "sealed",
  "storage_failed",
  "internal",
];

const anyBody: readonly ProblemCode[] = ["malformed_json", "payload_too_large", "unsupported_media_type"];

interface Refusing {
  readonly errors: readonly ProblemCode[];
  readonly mutation?: true;
  readonly input: { readonly body?: unknown };
}

/** Every code an operation can answer, in the order of the table. */
export function errorsOf(operation: Refusing): ProblemCode[] {
  const codes = new Set<ProblemCode>([...anyOperation, ...operation.errors]);
  if (operation.input.body !== undefined) for (const code of anyBody) codes.add(code);
  if (operation.mutation) codes.add("idempotency_mismatch").add("conflict");
  return (Object.keys(problems) as ProblemCode[]).filter((code) => codes.has(code));
}
