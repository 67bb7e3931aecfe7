import { parseJson } from "@holdfast/kernel/json";
import { ClientError, type FieldError, isProblemCode } from "./errors.ts";
import type { OperationRow } from "./encode.ts";
import type { WireAnswer } from "./exchange.ts";
import type { AnswerFacts } from "./options.ts";

/** Wider than what a server takes: a page holds many values, and each lies deeper than it did in its request. */
const answerLimits = { maxDepth: 128, maxKeys: 1_000_000, maxValues: 2_000_000 } as const;

/** The operation's output, or the server's refusal as a ClientError. */
export function decode(row: OperationRow, answer: WireAnswer): unknown {
  const mediaType = answer.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (mediaType === "application/problem+json") throw problem(answer);
  if (!row.success.includes(answer.status)) throw unexpected(answer, `status ${answer.status}`);
  if (mediaType !== row.mediaType.split(";")[0]) throw unexpected(answer, `media type ${mediaType ?? "missing"}`);
  if (mediaType === "application/json") return parse(answer);
  if (mediaType === "text/plain") return text(answer);
  return new Uint8Array(answer.body);
}

/** What stands beside every answer. */
export function factsOf({ status, headers }: WireAnswer): AnswerFacts {
  const seq = single(headers["holdfast-seq"]);
  return {
    status,
    seq: seq !== undefined && /^(0|[1-9][0-9]{0,14})$/.test(seq) ? Number(seq) : undefined,
    requestId: single(headers["holdfast-request-id"]),
    etag: headers.etag,
  };
}

function parse(answer: WireAnswer): unknown {
  try {
    return parseJson(text(answer), answerLimits);
  } catch (cause) {
    throw unexpected(answer, "not JSON", cause);
  }
}

function text(answer: WireAnswer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(answer.body);
  } catch (cause) {
    throw unexpected(answer, "not UTF-8", cause);
  }
}

function problem(answer: WireAnswer): ClientError {
  const { code, title, detail, hint, requestId, errors } = parse(answer) as Record<string, unknown>;
  if (!isProblemCode(code)) return unexpected(answer, "a problem without a known code");
  return new ClientError(code, string(detail) ?? string(title) ?? code, {
    status: answer.status,
    hint: string(hint),
    requestId: string(requestId) ?? factsOf(answer).requestId,
    errors: Array.isArray(errors) ? errors.filter(isFieldError) : [],
    retryAfterSeconds: retryAfterSeconds(answer),
  });
}

const unexpected = (answer: WireAnswer, what: string, cause?: unknown) =>
  new ClientError("bad_answer", `the answer is not one of Holdfast's: ${what}`, {
    status: answer.status,
    requestId: factsOf(answer).requestId,
    retryAfterSeconds: retryAfterSeconds(answer),
    cause,
  });

/** Seconds or a date (RFC 9110 §10.2.3). */
function retryAfterSeconds({ headers }: WireAnswer): number | undefined {
  const value = headers["retry-after"];
  if (value === undefined) return undefined;
  if (/^[0-9]{1,9}$/.test(value)) return Number(value);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}

const single = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);
const string = (value: unknown) => (typeof value === "string" ? value : undefined);
const isFieldError = (value: unknown): value is FieldError =>
  typeof value === "object" &&
  value !== null &&
  "pointer" in value &&
  "message" in value &&
  typeof value.pointer === "string" &&
  typeof value.message === "string";
