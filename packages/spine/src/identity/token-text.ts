import { toBase64url } from "@holdfast/kernel/bytes";
import { hmacSha512_256, random } from "@holdfast/engine/crypto";

const TOKEN = /^hft_[A-Za-z0-9_-]{43}$/;
const encoder = new TextEncoder();

/** A fresh token: 256 random bits behind a prefix that secret scanners can look for. */
export function newTokenText(): string {
  return `hft_${toBase64url(random(32))}`;
}

/**
 * What is stored of a token; undefined for text that cannot be one. Looking up by digest leaks nothing by time: who
 * does not have the key cannot choose a digest.
 */
export function tokenDigest(key: Uint8Array, text: string): Uint8Array | undefined {
  return TOKEN.test(text) ? hmacSha512_256(key, encoder.encode(text)) : undefined;
}
