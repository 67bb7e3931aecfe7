import { Refusal } from "../errors.ts";

/** Faults of reading a body; the operation they were meant for records them. */
export function readFaultOf(error: unknown): Refusal {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return new Refusal("payload_too_large", "The request body is too large.");
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return new Refusal("unsupported_media_type", "The Content-Type is malformed.");
    default:
      return new Refusal("invalid_input", "The request body could not be read to its end.", { cause: error });
  }
}
