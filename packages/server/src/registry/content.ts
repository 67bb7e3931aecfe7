import { fromUtf8, utf8 } from "@holdfast/kernel/bytes";
import { type JsonValue, parseJson, printJson } from "@holdfast/kernel/json";
import { type Input, Refusal } from "@holdfast/engine";

const JSON_TYPE = "application/json";
const BYTES_TYPE = "application/octet-stream";

/** A value as it is sealed, with what a reader needs to have it back. */
export interface Content {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly encoding: "base64" | null;
  readonly metadata: string;
  readonly note: string | null;
}

/** The content of a body that its schema has admitted. */
export function contentOf(body: Input["body"], maxBytes: number): Content {
  const encoding = (body["encoding"] as "base64" | undefined) ?? null;
  const contentType = (body["contentType"] as string | undefined) ?? (encoding === null ? JSON_TYPE : BYTES_TYPE);
  const bytes = bytesOf(body["value"] as JsonValue, contentType, encoding);
  if (bytes.byteLength > maxBytes) {
    throw new Refusal("payload_too_large", `A value has at most ${maxBytes} bytes.`);
  }
  const metadata = JSON.stringify(body["metadata"] ?? {});
  return { bytes, contentType, encoding, metadata, note: (body["note"] as string | undefined) ?? null };
}

function bytesOf(value: JsonValue, contentType: string, encoding: "base64" | null): Uint8Array {
  if (encoding === "base64") return decoded(value, contentType);
  // Numbers were parsed with their spelling, so that what is printed is what was sent.
  if (contentType === JSON_TYPE) return utf8(printJson(value));
  if (typeof value === "string") return utf8(value);
  throw invalid("value", "is a string unless the content type is application/json");
}

/** Bytes of the one spelling of their base 64; large values are why this is not the kernel's own decoder. */
function decoded(value: JsonValue, contentType: string): Uint8Array {
  if (contentType === JSON_TYPE) throw invalid("encoding", "is for content that is not application/json");
  const bytes = typeof value === "string" ? Buffer.from(value, "base64") : undefined;
  if (bytes?.toString("base64") !== value) throw invalid("value", "is not canonical, padded base 64");
  return bytes;
}

function invalid(member: string, message: string): Refusal {
  return new Refusal("invalid_input", `/body/${member} ${message}.`, {
    errors: [{ pointer: `/body/${member}`, message }],
  });
}

/** What `contentOf` took, from its bytes. */
export function valueOf(
  bytes: Uint8Array,
  { contentType, encoding }: Pick<Content, "contentType" | "encoding">,
): unknown {
  if (encoding === "base64") return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  const text = fromUtf8(bytes);
  return contentType === JSON_TYPE ? exactJson(text) : text;
}

/** JSON that will print as it was written; the slow parser is for text that a plain one would change. */
function exactJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return JSON.stringify(value) === text ? value : parseJson(text);
}
