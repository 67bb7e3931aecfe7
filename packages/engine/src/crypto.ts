import { createCipheriv, createDecipheriv, hash, timingSafeEqual } from "node:crypto";
import type { Aead, Hash, Mac, Random, Signer, Suites, VerifySignature } from "@holdfast/kernel/crypto";
import { blake3 as blake3Native } from "@napi-rs/blake-hash";
import sodium from "sodium-native";

const TAG_BYTES = 16;
const KEY_BYTES = 32;
const HASH_BLOCK_BYTES = 64;
const HASH_BYTES = 32;
const EMPTY = Buffer.alloc(0);

/** View of the same bytes as a Buffer: the native bindings insist on one. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** SHA-256 of FIPS 180-4. By way of a binary string, which costs half of what Node takes to make a Buffer of its own. */
export const sha256: Hash = (data) => Buffer.from(hash("sha256", data, "binary"), "binary");

/** BLAKE3, 32 bytes, unkeyed: what `b3sum` prints. */
export const blake3: Hash = (data) => blake3Native(bufferOf(data));

/** HMAC-SHA-512-256 as libsodium's `crypto_auth` defines it: HMAC-SHA-512 cut to its first 32 bytes. */
export const hmacSha512_256: Mac = (key, data) => {
  const out = Buffer.allocUnsafe(sodium.crypto_auth_BYTES);
  sodium.crypto_auth(out, bufferOf(data), bufferOf(key));
  return out;
};

/** HMAC-SHA-256 of RFC 2104; two one-shot hashes cost a sixth of `createHmac`. */
export const hmacSha256: Mac = (key, data) => {
  const block = key.byteLength > HASH_BLOCK_BYTES ? sha256(key) : key;
  const inner = Buffer.allocUnsafe(HASH_BLOCK_BYTES + data.byteLength);
  const outer = Buffer.allocUnsafe(HASH_BLOCK_BYTES + HASH_BYTES);
  for (let index = 0; index < HASH_BLOCK_BYTES; index++) {
    const byte = index < block.byteLength ? block[index]! : 0;
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
  }
  inner.set(data, HASH_BLOCK_BYTES);
  outer.set(sha256(inner), HASH_BLOCK_BYTES);
  return sha256(outer);
};

/** Bytes drawn at once: libsodium asks the kernel at each call, which would be the dearest part of sealing a payload. */
const DRAWN_BYTES = 4096;
const drawn = Buffer.alloc(DRAWN_BYTES);
let drawnAt = DRAWN_BYTES;

/** Fresh bytes of the system's generator. What is handed out is wiped here, and never handed out again. */
export const random: Random = (length) => {
  const out = Buffer.allocUnsafe(length);
  if (length > DRAWN_BYTES) {
    sodium.randombytes_buf(out);
    return out;
  }
  if (drawnAt + length > DRAWN_BYTES) {
    sodium.randombytes_buf(drawn);
    drawnAt = 0;
  }
  const end = drawnAt + length;
  drawn.copy(out, 0, drawnAt, end);
  drawn.fill(0, drawnAt, end);
  drawnAt = end;
  return out;
};

/** Comparison whose time does not depend on where the inputs differ. */
export function equalConstantTime(left: Uint8Array, right: Uint8Array): boolean {
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}

type SodiumSeal = typeof sodium.crypto_aead_xchacha20poly1305_ietf_encrypt;
type SodiumOpen = typeof sodium.crypto_aead_xchacha20poly1305_ietf_decrypt;

/** One of libsodium's AEADs, whose bindings write into a buffer that they are given. */
function sodiumAead(nonceBytes: number, seal: SodiumSeal, open: SodiumOpen): Aead {
  return {
    keyBytes: KEY_BYTES,
    nonceBytes,
    seal(key, nonce, plaintext, associatedData) {
      const out = Buffer.allocUnsafe(plaintext.byteLength + TAG_BYTES);
      seal(out, bufferOf(plaintext), bufferOf(associatedData), null, bufferOf(nonce), bufferOf(key));
      return out;
    },
    open(key, nonce, sealed, associatedData) {
      if (sealed.byteLength < TAG_BYTES) return undefined;
      const out = Buffer.allocUnsafe(sealed.byteLength - TAG_BYTES);
      try {
        open(out, null, bufferOf(sealed), bufferOf(associatedData), bufferOf(nonce), bufferOf(key));
        return out;
      } catch {
        return undefined;
      }
    },
  };
}

const xchacha20Poly1305 = sodiumAead(
  24,
  sodium.crypto_aead_xchacha20poly1305_ietf_encrypt,
  sodium.crypto_aead_xchacha20poly1305_ietf_decrypt,
);

const chacha20Poly1305 = sodiumAead(
  12,
  sodium.crypto_aead_chacha20poly1305_ietf_encrypt,
  sodium.crypto_aead_chacha20poly1305_ietf_decrypt,
);

const aes256Gcm: Aead = {
  keyBytes: KEY_BYTES,
  nonceBytes: 12,
  seal(key, nonce, plaintext, associatedData) {
    const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(associatedData);
    return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  },
  open(key, nonce, sealed, associatedData) {
    if (sealed.byteLength < TAG_BYTES) return undefined;
    const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(associatedData);
    decipher.setAuthTag(sealed.subarray(sealed.byteLength - TAG_BYTES));
    const plaintext = decipher.update(sealed.subarray(0, sealed.byteLength - TAG_BYTES));
    try {
      decipher.final();
      return plaintext;
    } catch {
      return undefined;
    }
  },
};

/** Suites of the sealed-value format by number (docs/formats/sealed-value.md). */
export const suites: Suites = { 1: xchacha20Poly1305, 2: aes256Gcm, 3: chacha20Poly1305 };

/** Ed25519 key pair from its 32-byte seed (RFC 8032 §5.1.5). */
export function signerFromSeed(seed: Uint8Array): Signer {
  const publicKey = Buffer.allocUnsafe(sodium.crypto_sign_PUBLICKEYBYTES);
  const secretKey = Buffer.allocUnsafe(sodium.crypto_sign_SECRETKEYBYTES);
  sodium.crypto_sign_seed_keypair(publicKey, secretKey, bufferOf(seed));
  return {
    publicKey,
    sign(message) {
      const signature = Buffer.allocUnsafe(sodium.crypto_sign_BYTES);
      sodium.crypto_sign_detached(signature, message.byteLength === 0 ? EMPTY : bufferOf(message), secretKey);
      return signature;
    },
  };
}

/** Ed25519 verification; malformed keys and signatures are simply not valid. */
export const verifySignature: VerifySignature = (publicKey, message, signature) =>
  publicKey.byteLength === sodium.crypto_sign_PUBLICKEYBYTES &&
  signature.byteLength === sodium.crypto_sign_BYTES &&
  sodium.crypto_sign_verify_detached(bufferOf(signature), bufferOf(message), bufferOf(publicKey));

/** What a key from a password costs whoever has to guess the password. */
export interface PasswordCost {
  readonly memoryKiB: number;
  readonly passes: number;
}

/** Argon2id of RFC 9106 with one lane: 32 bytes. Its memory is mapped for the call alone, and is the system's again after it. */
export function argon2id(password: Uint8Array, salt: Uint8Array, { memoryKiB, passes }: PasswordCost): Uint8Array {
  const out = Buffer.allocUnsafe(KEY_BYTES);
  const algorithm = sodium.crypto_pwhash_ALG_ARGON2ID13;
  sodium.crypto_pwhash(out, bufferOf(password), bufferOf(salt), passes, memoryKiB * 1_024, algorithm);
  return out;
}

/** Overwrites key bytes that are no longer needed. */
export function wipe(bytes: Uint8Array): void {
  sodium.sodium_memzero(bufferOf(bytes));
}
