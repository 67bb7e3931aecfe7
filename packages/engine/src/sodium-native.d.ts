/** The part of libsodium's binding that Holdfast uses; the package ships no types. */
declare module "sodium-native" {
  interface Sodium {
    readonly crypto_auth_BYTES: number;
    readonly crypto_sign_PUBLICKEYBYTES: number;
    readonly crypto_sign_SECRETKEYBYTES: number;
    readonly crypto_sign_BYTES: number;
    crypto_auth(out: Buffer, message: Buffer, key: Buffer): void;
    readonly crypto_aead_xchacha20poly1305_ietf_encrypt: (
      out: Buffer,
      message: Buffer,
      associatedData: Buffer | null,
      secretNonce: null,
      publicNonce: Buffer,
      key: Buffer,
    ) => number;
    readonly crypto_aead_xchacha20poly1305_ietf_decrypt: (
      out: Buffer,
      secretNonce: null,
      sealed: Buffer,
      associatedData: Buffer | null,
      publicNonce: Buffer,
      key: Buffer,
    ) => number;
    crypto_aead_chacha20poly1305_ietf_encrypt: Sodium["crypto_aead_xchacha20poly1305_ietf_encrypt"];
    crypto_aead_chacha20poly1305_ietf_decrypt: Sodium["crypto_aead_xchacha20poly1305_ietf_decrypt"];
    crypto_sign_seed_keypair(publicKey: Buffer, secretKey: Buffer, seed: Buffer): void;
    crypto_sign_detached(signature: Buffer, message: Buffer, secretKey: Buffer): void;
    crypto_sign_verify_detached(signature: Buffer, message: Buffer, publicKey: Buffer): boolean;
    readonly crypto_pwhash_ALG_ARGON2ID13: number;
    crypto_pwhash(
      out: Buffer,
      password: Buffer,
      salt: Buffer,
      passes: number,
      memoryBytes: number,
      algorithm: number,
    ): void;
    randombytes_buf(out: Buffer): void;
    sodium_memzero(bytes: Buffer): void;
  }
  const sodium: Sodium;
  export default sodium;
}
