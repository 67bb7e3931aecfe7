import type { IdempotencyKeys } from "@holdfast/engine";
import { hmacSha512_256, random, suites } from "@holdfast/engine/crypto";
import { concat, utf8 } from "@holdfast/kernel/bytes";
import type { Keyring } from "../keyring/index.ts";

const aead = suites[1];

/** Answers that a replay may show, sealed under keys derived from the root key; bound to their slot. */
export function idempotencyKeys({ subkeys }: Keyring): IdempotencyKeys {
  const macKey = hmacSha512_256(subkeys.idempotency, utf8("holdfast/idempotency-mac/1"));
  const sealKey = hmacSha512_256(subkeys.idempotency, utf8("holdfast/idempotency-seal/1"));
  return {
    mac: hmacSha512_256,
    macKey,
    seal(id, plaintext) {
      const nonce = random(aead.nonceBytes);
      return concat(nonce, aead.seal(sealKey, nonce, plaintext, id));
    },
    open(id, sealed) {
      return aead.open(sealKey, sealed.subarray(0, aead.nonceBytes), sealed.subarray(aead.nonceBytes), id);
    },
  };
}
