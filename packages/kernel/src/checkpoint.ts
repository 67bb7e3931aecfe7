import { fromBase64, toBase64 } from "./bytes.ts";
import type { Hash, Signer, VerifySignature } from "./crypto.ts";
import { KernelError } from "./errors.ts";
import { HASH_BYTES } from "./merkle.ts";
import { openNote, signNote, type VerifierKey } from "./note.ts";

/** Size and root of a log, as C2SP tlog-checkpoint writes them. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** The text of a checkpoint: origin, size and root, a line each; without extension lines. */
export function printCheckpoint({ origin, size, root }: Checkpoint): string {
  if (origin === "" || origin.includes("\n")) throw invalid("the origin is one line");
  if (!Number.isSafeInteger(size) || size < 0) throw invalid("the size is a count");
  if (root.byteLength !== HASH_BYTES) throw invalid("the root has 32 bytes");
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Origin, size and root of a checkpoint's text. Extension lines are opaque and left out. */
export function parseCheckpoint(text: string): Checkpoint {
  const [, origin, sizeText, rootText] = /^([^\n]+)\n(0|[1-9][0-9]*)\n([^\n]+)\n(?:[^\n]+\n)*$/.exec(text) ?? [];
  if (origin === undefined || rootText === undefined) throw invalid("the text is no checkpoint");
  const size = Number(sizeText);
  if (!Number.isSafeInteger(size)) throw invalid("the size exceeds 2^53 - 1");
  const root = fromBase64(rootText);
  if (root.byteLength !== HASH_BYTES) throw invalid("the root has not 32 bytes");
  return { origin, size, root };
}

/** The checkpoint as a signed note; the key's name is the origin. */
export function signCheckpoint(sha256: Hash, checkpoint: Checkpoint, signer: Signer): string {
  return signNote(sha256, printCheckpoint(checkpoint), checkpoint.origin, signer);
}

/** The checkpoint of a note that the log's key signed; one of another log is refused. */
export function openCheckpoint(note: string, logKey: VerifierKey, verify: VerifySignature): Checkpoint {
  const checkpoint = parseCheckpoint(openNote(note, [logKey], verify).text);
  if (checkpoint.origin !== logKey.name) throw invalid("the checkpoint is of another log");
  return checkpoint;
}

function invalid(problem: string): KernelError {
  return new KernelError("checkpoint_invalid", problem);
}
