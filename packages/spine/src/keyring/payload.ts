import { commit, verifyCommitment } from "@holdfast/kernel/commitment";
import { hmacSha256, random, suites } from "@holdfast/engine/crypto";
import type { SealedPayload } from "@holdfast/engine";

const aead = suites[1];
const LABEL = Buffer.from("holdfast/payload/1\0");
export const KEY_ID_BYTES = 16;
const NONCE_BYTES = 24;
const SALT_BYTES = 32;
const TAG_BYTES = 16;
const HEAD_BYTES = KEY_ID_BYTES + NONCE_BYTES;

/** What a ciphertext is bound to: its key and the commitment that stands in the entry. */
function associatedData(keyId: Uint8Array, commitment: Uint8Array): Buffer {
  const data = Buffer.allocUnsafe(LABEL.byteLength + KEY_ID_BYTES + commitment.byteLength);
  LABEL.copy(data);
  data.set(keyId, LABEL.byteLength);
  data.set(commitment, LABEL.byteLength + KEY_ID_BYTES);
  return data;
}

/** Seals one entry's payload (docs/formats/payload.md). Every operation passes here: one random fill, one MAC, one AEAD. */
export function sealPayload(key: Uint8Array, keyId: Uint8Array, payload: Uint8Array): SealedPayload {
  const fresh = random(NONCE_BYTES + SALT_BYTES);
  const nonce = fresh.subarray(0, NONCE_BYTES);
  const salt = fresh.subarray(NONCE_BYTES);
  const commitment = commit(hmacSha256, salt, payload);
  const plaintext = Buffer.allocUnsafe(SALT_BYTES + payload.byteLength);
  plaintext.set(salt);
  plaintext.set(payload, SALT_BYTES);
  const ciphertext = aead.seal(key, nonce, plaintext, associatedData(keyId, commitment));
  const sealed = Buffer.allocUnsafe(HEAD_BYTES + ciphertext.byteLength);
  sealed.set(keyId);
  sealed.set(nonce, KEY_ID_BYTES);
  sealed.set(ciphertext, HEAD_BYTES);
  return { commitment, sealed };
}

/** Id of the key that opens a sealed payload; undefined when the bytes are too few to be one. */
export function payloadKeyIdOf(sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.byteLength < HEAD_BYTES + SALT_BYTES + TAG_BYTES) return undefined;
  return sealed.subarray(0, KEY_ID_BYTES);
}

/** The payload, or undefined when key, bytes and commitment do not belong together. */
export function openPayload(key: Uint8Array, sealed: Uint8Array, commitment: Uint8Array): Uint8Array | undefined {
  const keyId = sealed.subarray(0, KEY_ID_BYTES);
  const nonce = sealed.subarray(KEY_ID_BYTES, HEAD_BYTES);
  const plaintext = aead.open(key, nonce, sealed.subarray(HEAD_BYTES), associatedData(keyId, commitment));
  if (plaintext === undefined) return undefined;
  const payload = plaintext.subarray(SALT_BYTES);
  const salt = plaintext.subarray(0, SALT_BYTES);
  return verifyCommitment(hmacSha256, commitment, salt, payload) ? payload : undefined;
}
