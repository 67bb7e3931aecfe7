import { utf8 } from "@holdfast/kernel/bytes";
import type { Checkpoint } from "@holdfast/kernel/checkpoint";
import { KernelError } from "@holdfast/kernel/errors";
import { parseVerifierKey } from "@holdfast/kernel/note";
import { verifyProof as verify } from "@holdfast/kernel/proof";
import { ClientError } from "../errors.ts";
import { sha256, verifySignature } from "./primitives.ts";

/** What an offline proof shows: the entry's position, and the signed checkpoint it stands under. */
export interface ProvenEntry {
  readonly index: number;
  readonly checkpoint: Checkpoint;
}

/**
 * Checks an offline proof (C2SP tlog-proof) of an entry's exact bytes, with a verifier key got another way. Needs no
 * server; throws `proof_invalid` when anything does not hold.
 */
export function verifyProof(proof: string, entry: string | Uint8Array, verifierKey: string): ProvenEntry {
  try {
    const bytes = typeof entry === "string" ? utf8(entry) : entry;
    return verify({ sha256, verify: verifySignature }, proof, bytes, parseVerifierKey(sha256, verifierKey));
  } catch (cause) {
    if (!(cause instanceof KernelError)) throw cause;
    throw new ClientError("proof_invalid", `the proof does not hold: ${cause.message}`, { cause });
  }
}
