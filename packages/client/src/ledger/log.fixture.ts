import { createHash, generateKeyPairSync, sign } from "node:crypto";
import type { SignedHead } from "@holdfast/contract/types";

/** A log made here from the specifications' own words, without the kernel: what the client verifies is foreign to it. */
export interface TestLog {
  readonly origin: string;
  readonly verifierKey: string;
  readonly entries: readonly Buffer[];
  head(size: number, epoch?: number): SignedHead;
  checkpoint(size: number): string;
  consistency(from: number, size: number): string[];
  /** C2SP tlog-proof of one entry under the checkpoint of `size`. */
  proof(index: number, size: number): string;
}

export function testLog(length: number, content = "entry"): TestLog {
  const origin = "holdfast/log/c3e5g7i2k4m6o3q5s7u2w4y6a3";
  const entries = Array.from({ length }, (_, index) => Buffer.from(`${content} ${index}`));
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  const key = Buffer.concat([Buffer.from([1]), raw]);
  const keyId = sha256(`${origin}\n`, key).subarray(0, 4);
  const root = (size: number) => treeHash(entries.slice(0, size));

  const head = (size: number, epoch = 0): SignedHead => {
    const claims = {
      chain: sha256(`chain ${size}`).toString("hex"),
      epoch,
      origin,
      root: root(size).toString("hex"),
      size,
    };
    const message = Buffer.from(`holdfast/head/1\n${JSON.stringify(claims)}`);
    return { ...claims, signature: sign(null, message, privateKey).toString("base64") };
  };
  const checkpoint = (size: number) => {
    const body = `${origin}\n${size}\n${root(size).toString("base64")}\n`;
    const signature = Buffer.concat([keyId, sign(null, Buffer.from(body), privateKey)]);
    return `${body}\n— ${origin} ${signature.toString("base64")}\n`;
  };
  const proof = (index: number, size: number) => {
    const path = inclusion(index, entries.slice(0, size)).map((hash) => `${hash.toString("base64")}\n`);
    return `c2sp.org/tlog-proof@v1\nindex ${index}\n${path.join("")}\n${checkpoint(size)}`;
  };
  const consistency = (from: number, size: number) =>
    subproof(from, entries.slice(0, size), true).map((hash) => hash.toString("hex"));
  const verifierKey = `${origin}+${keyId.toString("hex")}+${key.toString("base64")}`;
  return { origin, verifierKey, entries, head, checkpoint, consistency, proof };
}

function sha256(...parts: readonly (Uint8Array | string)[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

const zero = Buffer.from([0]);
const one = Buffer.from([1]);
/** The largest power of two below `size` (RFC 6962 §2.1). */
const split = (size: number) => 2 ** Math.ceil(Math.log2(size) - 1);

/** MTH of RFC 6962 §2.1. */
function treeHash(leaves: readonly Buffer[]): Buffer {
  const [first] = leaves;
  if (first === undefined) return sha256();
  if (leaves.length === 1) return sha256(zero, first);
  const at = split(leaves.length);
  return sha256(one, treeHash(leaves.slice(0, at)), treeHash(leaves.slice(at)));
}

/** PATH of RFC 6962 §2.1.1. */
function inclusion(index: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  const at = split(leaves.length);
  const [left, right] = [leaves.slice(0, at), leaves.slice(at)];
  return index < at ? [...inclusion(index, left), treeHash(right)] : [...inclusion(index - at, right), treeHash(left)];
}

/** SUBPROOF of RFC 6962 §2.1.2. */
function subproof(from: number, leaves: readonly Buffer[], isComplete: boolean): Buffer[] {
  if (from === leaves.length) return isComplete ? [] : [treeHash(leaves)];
  const at = split(leaves.length);
  const [left, right] = [leaves.slice(0, at), leaves.slice(at)];
  return from <= at
    ? [...subproof(from, left, isComplete), treeHash(right)]
    : [...subproof(from - at, right, false), treeHash(left)];
}
