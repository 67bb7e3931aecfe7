import { fromBase64, toBase64 } from "./bytes.ts";
import { type Checkpoint, openCheckpoint } from "./checkpoint.ts";
import type { Hash, VerifySignature } from "./crypto.ts";
import { KernelError } from "./errors.ts";
import { HASH_BYTES, leafHash, verifyInclusion } from "./merkle.ts";
import type { VerifierKey } from "./note.ts";

const FIRST_LINE = "c2sp.org/tlog-proof@v1";
/** A tree of 2^53 leaves is no deeper. */
const MAX_HASHES = 53;
const MAX_PROOF_LENGTH = 2_000_000;
const HEADER = /^c2sp\.org\/tlog-proof@v1\n(?:extra ([^\n]*)\n)?index (0|[1-9][0-9]*)\n((?:[^\n]+\n)*)$/;

/** That an entry stands in a log, for whoever has the log's key and no connection (C2SP tlog-proof). */
export interface Proof {
  /** Opaque, and not authenticated. */
  readonly extra?: Uint8Array;
  readonly index: number;
  /** Siblings from the leaf up. */
  readonly hashes: readonly Uint8Array[];
  /** The signed note, verbatim. */
  readonly checkpoint: string;
}

/** The text of a proof. */
export function printProof({ extra, index, hashes, checkpoint }: Proof): string {
  if (!Number.isSafeInteger(index) || index < 0) throw invalid("the index is a count");
  const lines = [
    FIRST_LINE,
    ...(extra === undefined ? [] : [`extra ${toBase64(extra)}`]),
    `index ${index}`,
    ...hashes.map(toBase64),
  ];
  return `${lines.join("\n")}\n\n${checkpoint}`;
}

/** The parts of a proof; nothing is verified yet. */
export function parseProof(text: string): Proof {
  if (text.length > MAX_PROOF_LENGTH) throw invalid("the proof is too long");
  const end = text.indexOf("\n\n");
  const [, extra, indexText, hashLines] = HEADER.exec(text.slice(0, end + 1)) ?? [];
  if (hashLines === undefined) throw invalid("the text is no proof");
  const index = Number(indexText);
  if (!Number.isSafeInteger(index)) throw invalid("the index exceeds 2^53 - 1");
  const hashes = hashLines.split("\n").slice(0, -1).map(fromBase64);
  if (hashes.length > MAX_HASHES) throw invalid("the proof has too many hashes");
  if (hashes.some((hash) => hash.byteLength !== HASH_BYTES)) throw invalid("a hash has not 32 bytes");
  return {
    ...(extra === undefined ? {} : { extra: fromBase64(extra) }),
    index,
    hashes,
    checkpoint: text.slice(end + 2),
  };
}

export interface ProofPrimitives {
  readonly sha256: Hash;
  readonly verify: VerifySignature;
}

/** The index of an entry, and the checkpoint it is shown to stand under; refused when either does not hold. */
export function verifyProof(
  { sha256, verify }: ProofPrimitives,
  text: string,
  entry: Uint8Array,
  logKey: VerifierKey,
): { readonly index: number; readonly checkpoint: Checkpoint } {
  const { index, hashes, checkpoint: note } = parseProof(text);
  const checkpoint = openCheckpoint(note, logKey, verify);
  const { size, root } = checkpoint;
  if (!verifyInclusion(sha256, { index, size, root, leaf: leafHash(sha256, entry), proof: hashes })) {
    throw invalid("the entry does not stand under this checkpoint");
  }
  return { index, checkpoint };
}

function invalid(problem: string): KernelError {
  return new KernelError("proof_invalid", problem);
}
