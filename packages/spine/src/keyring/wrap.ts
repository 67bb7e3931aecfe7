import { concat, u32be, utf8 } from "@holdfast/kernel/bytes";
import { random, suites } from "@holdfast/engine/crypto";

const aead = suites[1];

/** Identity of a wrapped key: each part with its length, so that no two identities share bytes. */
export function identityOf(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const bytes = parts.map((part) => (typeof part === "string" ? utf8(part) : part));
  return concat(...bytes.flatMap((part) => [u32be(part.byteLength), part]));
}

/** Wraps a key with XChaCha20-Poly1305: nonce 24 ‖ ciphertext ‖ tag 16. It opens under the same identity only. */
export function wrapKey(kek: Uint8Array, key: Uint8Array, identity: Uint8Array): Uint8Array {
  const nonce = random(aead.nonceBytes);
  return concat(nonce, aead.seal(kek, nonce, key, identity));
}

/** The key, or undefined when it was not wrapped under this KEK for this identity. */
export function unwrapKey(kek: Uint8Array, wrapped: Uint8Array, identity: Uint8Array): Uint8Array | undefined {
  const nonce = wrapped.subarray(0, aead.nonceBytes);
  return aead.open(kek, nonce, wrapped.subarray(aead.nonceBytes), identity);
}
