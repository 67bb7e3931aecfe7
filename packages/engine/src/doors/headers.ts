import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { Refusal } from "../errors.ts";

/** Headers that say what is to be done: of two, another server on the way may have believed the other one. */
const SINGLE = [
  "authorization",
  "content-type",
  "content-encoding",
  "holdfast-request-id",
  "holdfast-tenant",
  "idempotency-key",
  "if-match",
  "if-none-match",
] as const;

type DistinctHeaders = IncomingMessage["headersDistinct"];

export function repetitionFault(headers: DistinctHeaders): Refusal | undefined {
  const repeated = SINGLE.find((name) => (headers[name]?.length ?? 0) > 1);
  return repeated === undefined ? undefined : new Refusal("invalid_input", `The header ${repeated} was given twice.`);
}

/** Compressed bodies are refused: a bound on bytes read would not bound what they unpack to (ATTACKS 30). */
export function encodingFault(encoding: string | undefined): Refusal | undefined {
  if (encoding === undefined || encoding.trim().toLowerCase() === "identity") return undefined;
  return new Refusal("unsupported_media_type", "Compressed request bodies are not accepted.");
}

/** Whether the request says that a body follows. */
export function announcesBody(headers: IncomingHttpHeaders): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** `type/subtype` of a Content-Type, without parameters. */
export function mediaTypeOf(contentType: string | undefined): string | undefined {
  return contentType?.replace(/;.*$/s, "").trim().toLowerCase();
}
