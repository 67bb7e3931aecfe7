import { createHmac } from "node:crypto";
import { NotifyError } from "../errors.ts";
import type { Secret } from "./secret.ts";

const PREFIX = "whsec_";
const LEAST_BYTES = 24;
const MOST_BYTES = 64;
const MOST_KEYS = 3;

/**
 * The signing keys in a secret, as the Standard Webhooks specification writes them: `whsec_` and base64 of 24 to 64
 * bytes. Several, parted by blanks or line ends, sign side by side: so a receiver changes from one to the next.
 */
export function signingKeys(secret: Secret): readonly Buffer[] {
  const words = secret.reveal().trim().split(/\s+/);
  const keys = words.map((word) => {
    const encoded = word.startsWith(PREFIX) ? word.slice(PREFIX.length) : word;
    const key = Buffer.from(encoded, "base64");
    const isWhole = key.toString("base64").replace(/=+$/, "") === encoded.replace(/=+$/, "");
    return isWhole && key.byteLength >= LEAST_BYTES && key.byteLength <= MOST_BYTES ? key : undefined;
  });
  const sound = keys.filter((key) => key !== undefined);
  if (sound.length === words.length && words.length <= MOST_KEYS) return sound;
  throw new NotifyError(
    "secret_unreadable",
    `a signing secret is ${PREFIX} and base64 of ${LEAST_BYTES} to ${MOST_BYTES} bytes; at most ${MOST_KEYS} of them`,
  );
}

/** Headers that let the receiver see who sent a body, when, and whether it had it before (Standard Webhooks). */
export function signedHeaders(
  keys: readonly Buffer[],
  message: { readonly id: string; readonly body: string; readonly wallMs: number },
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(message.wallMs / 1_000));
  const content = `${message.id}.${timestamp}.${message.body}`;
  const signatures = keys.map((key) => `v1,${createHmac("sha256", key).update(content).digest("base64")}`);
  return {
    "webhook-id": message.id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
}
