import { fromUtf8 } from "@holdfast/kernel/bytes";
import { KernelError } from "@holdfast/kernel/errors";
import { type JsonValue, parseJson } from "@holdfast/kernel/json";
import { Refusal } from "../errors.ts";
import type { Input } from "../operation.ts";
import type { Call } from "./call.ts";

const NOTHING: Input["body"] = Object.freeze(Object.create(null) as Record<string, never>);

/** The body of an operation that takes none. */
export function noBody({ body }: Pick<Call, "body">): Input["body"] {
  if (isEmpty(body)) return NOTHING;
  throw new Refusal("invalid_input", "This operation takes no request body.");
}

/** The body as a JSON object without prototype, its numbers as they were spelled; nothing sent is the empty object. */
export function parseBody({ body, mediaType }: Pick<Call, "body" | "mediaType">): Input["body"] {
  if (isEmpty(body)) return NOTHING;
  if (mediaType !== "application/json") {
    throw new Refusal("unsupported_media_type", "The request body must be application/json.", {
      hint: 'Send Content-Type: application/json; bytes go into "value" with "encoding": "base64".',
    });
  }
  const parsed = parseBytes(body);
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed as Input["body"];
  throw new Refusal("invalid_input", "The request body must be a JSON object.");
}

const isEmpty = (body: Uint8Array | undefined): body is undefined => body === undefined || body.byteLength === 0;

function parseBytes(bytes: Uint8Array): JsonValue {
  try {
    return parseJson(fromUtf8(bytes));
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    // The parser's message names a position and a rule, never the text around it: that may be a secret.
    throw new Refusal("malformed_json", `The request body is not acceptable JSON: ${error.message}.`);
  }
}
