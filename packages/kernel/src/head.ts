import { fromBase64, toBase64, utf8 } from "./bytes.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { Signer, VerifySignature } from "./crypto.ts";
import { KernelError } from "./errors.ts";

const LABEL = "holdfast/head/1\n";

/** Where the ledger stands after a batch. */
export interface Head {
  readonly origin: string;
  /** Number of entries. */
  readonly size: number;
  /** Hexadecimal BLAKE3 of the last entry, or the genesis. */
  readonly chain: string;
  /** Hexadecimal RFC 6962 root over all entries. */
  readonly root: string;
  /** Raised by each restore. */
  readonly epoch: number;
}

export interface SignedHead extends Head {
  /** Ed25519 over `headBytes`, base 64. */
  readonly signature: string;
}

/** The bytes that a head's signature covers: a label, then canonical JSON. */
export function headBytes({ chain, epoch, origin, root, size }: Head): Uint8Array<ArrayBuffer> {
  return utf8(LABEL + canonicalJson({ chain, epoch, origin, root, size }));
}

export function signHead(signer: Signer, { origin, size, chain, root, epoch }: Head): SignedHead {
  const head = { origin, size, chain, root, epoch };
  if (!isHead(head)) throw new KernelError("head_invalid", "a field of the head is not in its grammar");
  return { ...head, signature: toBase64(signer.sign(headBytes(head))) };
}

/** Whether the head is well formed, of this log, and signed with this key. */
export function verifyHead(verify: VerifySignature, publicKey: Uint8Array, origin: string, head: SignedHead): boolean {
  if (!isHead(head) || head.origin !== origin || !/^[A-Za-z0-9+/]{86}==$/.test(head.signature)) return false;
  return verify(publicKey, headBytes(head), fromBase64(head.signature));
}

function isHead({ size, chain, root, epoch }: Head): boolean {
  return isCount(size) && isCount(epoch) && isHash(chain) && isHash(root);
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const isHash = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);
