import { equal } from "./bytes.ts";
import type { Mac } from "./crypto.ts";
import { KernelError } from "./errors.ts";

const SALT_BYTES = 32;

/** HMAC-SHA-256 of a payload under 32 random bytes: binds the entry to it and tells nothing of it. */
export function commit(hmacSha256: Mac, salt: Uint8Array, payload: Uint8Array): Uint8Array {
  if (salt.byteLength !== SALT_BYTES) throw new KernelError("key_invalid", "the salt of a commitment has 32 bytes");
  return hmacSha256(salt, payload);
}

/** Whether the commitment is to this payload; in constant time. */
export function verifyCommitment(
  hmacSha256: Mac,
  commitment: Uint8Array,
  salt: Uint8Array,
  payload: Uint8Array,
): boolean {
  return salt.byteLength === SALT_BYTES && equal(hmacSha256(salt, payload), commitment);
}
