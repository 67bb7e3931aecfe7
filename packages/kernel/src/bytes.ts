import { KernelError } from "./errors.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export const EMPTY_BYTES = new Uint8Array(0);

/** One array with the parts in order. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += part.byteLength;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.byteLength;
  }
  return out;
}

/** Comparison whose time depends on the lengths only. */
export function equal(left: Uint8Array, right: Uint8Array): boolean {
  if (left.byteLength !== right.byteLength) return false;
  let difference = 0;
  for (let index = 0; index < left.byteLength; index++) difference |= left[index]! ^ right[index]!;
  return difference === 0;
}

/** UTF-8 of well-formed text; a lone surrogate is refused rather than replaced. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  if (!text.isWellFormed()) throw new KernelError("encoding_invalid", "the text holds a lone surrogate");
  return encoder.encode(text);
}

/** Text of valid UTF-8; anything else is refused rather than replaced. A byte order mark is text. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new KernelError("encoding_invalid", "the bytes are not valid UTF-8");
  }
}

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (let index = 0; index < bytes.byteLength; index++) text += hexOfByte[bytes[index]!]!;
  return text;
}

/** Bytes of lower-case hexadecimal: the one spelling that `toHex` writes. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) {
    throw new KernelError("encoding_invalid", "the text is not lower-case hexadecimal");
  }
  const out = new Uint8Array(text.length / 2);
  for (let index = 0; index < out.byteLength; index++) {
    out[index] = Number.parseInt(text.slice(2 * index, 2 * index + 2), 16);
  }
  return out;
}

/** Two bytes, big-endian. */
export function u16be(value: number): Uint8Array<ArrayBuffer> {
  return bigEndian(value, 2, 0xffff);
}

/** Four bytes, big-endian. */
export function u32be(value: number): Uint8Array<ArrayBuffer> {
  return bigEndian(value, 4, 0xffff_ffff);
}

/** Eight bytes, big-endian; a number up to 2^53 - 1, or a bigint up to 2^64 - 1. */
export function u64be(value: number | bigint): Uint8Array<ArrayBuffer> {
  if (typeof value === "number") return bigEndian(value, 8, Number.MAX_SAFE_INTEGER);
  if (value < 0n || value > 0xffff_ffff_ffff_ffffn) throw new KernelError("out_of_range", "the integer has no 8 bytes");
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, value);
  return out;
}

function bigEndian(value: number, length: number, max: number): Uint8Array<ArrayBuffer> {
  if (!Number.isInteger(value) || value < 0 || value > max) {
    throw new KernelError("out_of_range", `the integer has no ${length} bytes`);
  }
  const out = new Uint8Array(length);
  for (let at = length - 1, rest = value; at >= 0; at--, rest = Math.floor(rest / 256)) out[at] = rest % 256;
  return out;
}

/** The unsigned 16-bit big-endian integer at `at`. */
export function readU16be(bytes: Uint8Array, at: number): number {
  return readBigEndian(bytes, at, 2);
}

/** The unsigned 32-bit big-endian integer at `at`. */
export function readU32be(bytes: Uint8Array, at: number): number {
  return readBigEndian(bytes, at, 4);
}

function readBigEndian(bytes: Uint8Array, at: number, length: number): number {
  if (at < 0 || at + length > bytes.byteLength) throw new KernelError("out_of_range", "the bytes end too early");
  let value = 0;
  for (let index = at; index < at + length; index++) value = value * 256 + bytes[index]!;
  return value;
}

export { fromBase64, fromBase64url, toBase64, toBase64url } from "./base64.ts";
