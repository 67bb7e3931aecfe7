/**
 * Cryptographic primitives are handed to the kernel, so that the same code runs in a server (libsodium) and in a
 * browser (WebCrypto, noble). Every function here is synchronous and total: a failed `open` is a value, not a throw.
 */

/** Digest of the whole input; 32 bytes for every hash that Holdfast uses. */
export type Hash = (data: Uint8Array) => Uint8Array;

/** Keyed digest (HMAC-SHA-256 or HMAC-SHA-512-256), 32 bytes. */
export type Mac = (key: Uint8Array, data: Uint8Array) => Uint8Array;

/** Authenticated encryption. `seal` returns ciphertext ‖ 16-byte tag; `open` returns undefined when the tag does not hold. */
export interface Aead {
  readonly keyBytes: number;
  readonly nonceBytes: number;
  seal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, associatedData: Uint8Array): Uint8Array;
  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, associatedData: Uint8Array): Uint8Array | undefined;
}

/** Fills and returns `length` bytes from the system's generator. */
export type Random = (length: number) => Uint8Array;

/** Suites of the sealed-value format by number: 1 XChaCha20-Poly1305, 2 AES-256-GCM, 3 ChaCha20-Poly1305. */
export type Suites = Readonly<Record<1 | 2 | 3, Aead>>;

/** Ed25519 of RFC 8032. */
export interface Signer {
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

export type VerifySignature = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
