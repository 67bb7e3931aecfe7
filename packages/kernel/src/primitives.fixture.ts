import {
  blake3,
  hmacSha256,
  hmacSha512_256,
  random,
  sha256,
  signerFromSeed,
  suites,
  verifySignature,
} from "@holdfast/engine/crypto";

/** The primitives that the server hands to the kernel. */
export const primitives = { suites, hmacSha512_256, hmacSha256, sha256, blake3, random, verify: verifySignature };

/** A signer that is the same in each run. */
export const signer = signerFromSeed(new Uint8Array(32).fill(7));
export const otherSigner = signerFromSeed(new Uint8Array(32).fill(8));
