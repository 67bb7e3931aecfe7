import { createPublicKey, hash, verify } from "node:crypto";
import { blake3 as blake3Of } from "@noble/hashes/blake3.js";
import type { Hash, VerifySignature } from "@holdfast/kernel/crypto";

export const sha256: Hash = (data) => hash("sha256", data, "buffer");
export const blake3: Hash = (data) => blake3Of(data);

const spkiPrefix = Buffer.from("302a300506032b6570032100", "hex");

/** Ed25519 with a raw public key; what is not a key verifies nothing. */
export const verifySignature: VerifySignature = (publicKey, message, signature) => {
  if (publicKey.byteLength !== 32 || signature.byteLength !== 64) return false;
  const key = createPublicKey({ key: Buffer.concat([spkiPrefix, publicKey]), format: "der", type: "spki" });
  return verify(null, message, key, signature);
};
