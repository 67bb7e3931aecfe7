import type { IdempotencyKeys } from "@holdfast/engine";
import { concat } from "@holdfast/kernel/bytes";
import { hmacSha512_256, random, suites } from "@holdfast/engine/crypto";
import { identityOf } from "./wrap.ts";

const aead = suites[1];

/** Remembered answers are keyed and sealed under keys of their own: an answer names what was acted on. */
export function createIdempotencyKeys(macKey: Uint8Array, sealKey: Uint8Array): IdempotencyKeys {
  const boundTo = (id: Uint8Array) => identityOf("idempotency", id);
  return {
    mac: hmacSha512_256,
    macKey,
    seal(id, plaintext) {
      const nonce = random(aead.nonceBytes);
      return concat(nonce, aead.seal(sealKey, nonce, plaintext, boundTo(id)));
    },
    open: (id, sealed) =>
      aead.open(sealKey, sealed.subarray(0, aead.nonceBytes), sealed.subarray(aead.nonceBytes), boundTo(id)),
  };
}
