import { toBase64, fromBase64 } from "@holdfast/kernel/bytes";
import { utf8 } from "@holdfast/kernel/bytes";
import type { Signer } from "@holdfast/kernel/crypto";
import { verifySignature } from "../crypto.ts";
interface Signed {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}
export function signCheckpoint({ origin, size, root }: Signed, signer: Signer): string {
  const text = `${origin}\n${size}\n${toBase64(root)}\n`;
  return `${text}\n— ${origin} ${toBase64(signer.sign(utf8(text)))}\n`;
}
export function openCheckpoint(note: string, origin: string, publicKey: Uint8Array): Signed | undefined {
  const [o, size, root, , sig] = note.split("\n");
  if (o !== origin || root === undefined || sig === undefined) return undefined;
  const text = `${o}\n${size}\n${root}\n`;
  if (!verifySignature(publicKey, utf8(text), fromBase64(sig.split(" ")[2]!))) return undefined;
  return { origin, size: Number(size), root: fromBase64(root) };
}
