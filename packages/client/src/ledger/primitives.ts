import { createPublicKey, verify } from "node:crypto";
import type { VerifySignature } from "@holdfast/kernel/crypto";

export { sha256 } from "@noble/hashes/sha2.js";

const spkiPrefix = Buffer.from("302a300506032b6570032100", "hex");

/** Ed25519 (RFC 8032) with a raw public key; what is not a key verifies nothing. */
export const verifySignature: VerifySignature = (publicKey, message, signature) => {
  if (publicKey.byteLength !== 32 || signature.byteLength !== 64) return false;
  const key = createPublicKey({ key: Buffer.concat([spkiPrefix, publicKey]), format: "der", type: "spki" });
  return verify(null, message, key, signature);
};
